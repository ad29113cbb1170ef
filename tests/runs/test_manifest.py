"""The manifest says everything, is sealed and chained; `verify` finds every change by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from benchmarks.faults.house import SAVE, House, write_notebook
from evaluation.runs.canonical import canonical, sha256_of
from evaluation.runs.changes import changed_numbers, changes_since, reasons
from evaluation.runs.manifest import manifest_bytes, numbers_in, read_manifest, seal, sealed, trusted_manifest
from evaluation.runs.states import State
from evaluation.runs.verify import manifest_schema, run_folders, shape_faults, verify


def manifest_of(house: House, job: str = "a") -> dict[str, Any]:
    found = read_manifest(house.project.published("s", job))
    assert found is not None
    return found


def test_canonical_json_is_one_spelling() -> None:
    assert canonical({"b": [1, 1.5, "å"], "a": None}) == '{"a":null,"b":[1,1.5,"å"]}'.encode()
    assert sha256_of({"a": 1, "b": 2}) == sha256_of({"b": 2, "a": 1})
    assert sha256_of({"a": 1}) != sha256_of({"a": 1.0}) != sha256_of({"a": "1"})
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"a": float("nan")})


def test_the_seal_covers_everything_but_itself() -> None:
    manifest = sealed({"a": 1, "b": {"c": [1, 2]}})
    assert manifest["seal"] == seal(manifest) == sha256_of({"a": 1, "b": {"c": [1, 2]}})
    for changed in ({**manifest, "a": 2}, {**manifest, "b": {"c": [2, 1]}}, {**manifest, "d": 0}):
        assert seal(changed) != manifest["seal"]


def test_numbers_are_named_by_what_identifies_them() -> None:
    results = {
        "schema_version": 1,
        "rows": [
            {"indicator": "violence", "area": "0114", "estimate": 0.9, "flags": [True, None, "x"]},
            {"indicator": "violence", "area": "0180", "estimate": 1.1},
        ],
        "series": [3, 4.5],
        "bad": float("nan"),
    }
    assert dict(numbers_in(results)) == {
        "/schema_version": 1,
        "/rows/violence·0114/estimate": 0.9,
        "/rows/violence·0180/estimate": 1.1,
        "/series/0": 3,
        "/series/1": 4.5,
    }


def test_rows_that_share_a_name_are_counted() -> None:
    assert dict(numbers_in([{"id": "x", "n": 1}, {"id": "x", "n": 2}])) == {"/0/n": 1, "/1/n": 2}


def test_changes_name_the_numbers_and_the_reason() -> None:
    assert changed_numbers({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 2.5, "d": 4}) == [
        {"name": "b", "before": 2, "after": 2.5},
        {"name": "c", "before": 3, "after": None},
        {"name": "d", "before": None, "after": 4},
    ]
    assert reasons(("code", "input data/raw/s/a.csv", "notebook", "plan", "result 03")) == ["code", "data", "plan"]
    first = changes_since(None, {"code": "x"}, {"a": 1})
    assert first == {"first": True, "because": [], "parts": [], "numbers": []}


def test_a_run_is_written_down_whole(house: House) -> None:
    write_notebook(
        house.project.notebooks / "fine.ipynb",
        "import sys\nprint('a warning', file=sys.stderr)",
        "hoard = bytearray(b'x' * 80_000_000)",
        SAVE.replace('"study": study,', '"study": study, "seeds": {"bootstrap": 7}, "data_to": "2025-12-31", "inputs": '
                     '[{"path": "data/raw/s/a.csv", "rows_read": 2, "rows_kept": 1, "rows_set_aside": {"code": 1}}],'),
    )  # fmt: skip
    (result,) = house.run()
    manifest = manifest_of(house)
    assert result.state is State.PUBLISHED
    jsonschema.validate(manifest, manifest_schema())
    assert shape_faults(manifest) == []
    assert manifest["parameters"] == {"study": {"type": "str", "value": "s"}, "number": {"type": "int", "value": 1}}
    assert manifest["warnings"] == [{"cell": 2, "text": "a warning\n"}]
    assert manifest["numbers"] == {"cell": 4, "values": {"/seeds/bootstrap": 7, "/inputs/0/rows_read": 2,
        "/inputs/0/rows_kept": 1, "/inputs/0/rows_set_aside/code": 1, "/estimate": 2.5}}  # fmt: skip
    assert manifest["seeds"] == {"bootstrap": 7}
    assert manifest["data_to"] == "2025-12-31"
    raw = next(item for item in manifest["inputs"] if item["path"] == "data/raw/s/a.csv")
    assert raw["bytes"] == (house.project.raw / "s" / "a.csv").stat().st_size
    assert (raw["rows_read"], raw["rows_kept"], raw["rows_set_aside"]) == (2, 1, {"code": 1})
    cells = {cell["cell"]: cell for cell in manifest["cells"]}
    assert sorted(cells) == [1, 2, 3, 4]
    assert cells[3]["peak_memory"] - cells[2]["peak_memory"] > 60_000_000
    assert manifest["previous"] is None
    assert set(manifest["outputs"]) == {"notebook.ipynb", "report.html", "results.json"}


def test_no_clock_path_or_warning_is_published(house: House) -> None:
    (result,) = house.run("import sys\nprint('/tm' + 'p/x', file=sys.stderr)\nprint('hej')", SAVE)
    assert result.folder
    notebook = (result.folder / "notebook.ipynb").read_text(encoding="utf-8")
    for secret in ("duration", "start_time", "iopub", str(house.project.root), "/tmp/x", "peak_memory", "papermill"):
        assert secret not in notebook
    assert '"hej\\n"' in notebook


def test_the_same_inputs_give_the_same_bytes(house: House) -> None:
    first = dict(_outputs(house))
    house.batch([_job(house)], wiring={"gates": ("runs_stubs:remark",)})
    assert dict(_outputs(house, force=True)) == first


def _job(house: House) -> Any:
    from benchmarks.faults.house import job

    return job(house.project, parameters={"study": "åäö", "number": 4})


def _outputs(house: House, *, force: bool = False) -> list[tuple[str, bytes]]:
    from dataclasses import replace

    if force:
        house = replace(house, settings=replace(house.settings, force=True))
    (result,) = house.batch([_job(house)])
    assert result.state is State.PUBLISHED
    assert result.folder
    return [(path.name, path.read_bytes()) for path in result.folder.iterdir() if path.name != "run.json"]


def test_runs_are_chained_and_say_what_changed(published_house: House) -> None:
    house = published_house
    first = manifest_of(house)
    (house.project.raw / "s" / "a.csv").write_text("år;antal\n2025;6\n", encoding="utf-8")
    house.run(SAVE.replace("2.5", "3.5"), "1")
    second = manifest_of(house)
    assert second["previous"] == first["seal"]
    assert second["changes"]["because"] == ["code", "data"]
    assert second["changes"]["parts"] == ["input data/raw/s/a.csv", "notebook"]
    assert second["changes"]["numbers"] == [{"name": "/estimate", "before": 2.5, "after": 3.5}]
    found = verify(house.project, house.project.published("s", "a"))
    assert (found.faults, found.notes, found.chain) == ((), (), 1)


def edit(name: str, change: Callable[[dict[str, Any]], None]) -> Callable[[House, Path], None]:
    def tamper(house: House, folder: Path) -> None:
        path = folder / name
        data = json.loads(path.read_text(encoding="utf-8"))
        change(data)
        path.write_bytes(manifest_bytes(data))

    return tamper


def reseal(change: Callable[[dict[str, Any]], None]) -> Callable[[House, Path], None]:
    def tamper(house: House, folder: Path) -> None:
        data = read_manifest(folder) or {}
        change(data)
        (folder / "run.json").write_bytes(manifest_bytes(sealed(data)))

    return tamper


def forget(house: House, folder: Path) -> None:
    first = read_manifest(folder)
    assert first
    (house.project.history / "s" / "a" / f"{first['previous']}.json").unlink()


def rewrite_history(house: House, folder: Path) -> None:
    path = house.project.history / "s" / "a" / f"{(read_manifest(folder) or {})['previous']}.json"
    path.write_text(path.read_text(encoding="utf-8").replace("2.5", "2.4"), encoding="utf-8")


TAMPERINGS: list[tuple[str, Callable[[House, Path], None], str]] = [
    ("a number", edit("run.json", lambda m: m["numbers"]["values"].update({"/estimate": 9})), "seal"),
    ("an input hash", edit("run.json", lambda m: m["inputs"][0].update(sha256="0" * 64)), "seal"),
    ("the time", edit("run.json", lambda m: m.update(ended="2020-01-01T00:00:00.000Z")), "seal"),
    ("the page", lambda h, f: (f / "report.html").write_bytes(b"x"), "report.html: changed"),
    ("one byte", lambda h, f: (f / "report.html").write_bytes((f / "report.html").read_bytes()[:-1]), "changed"),
    ("the results", edit("results.json", lambda r: r.update(estimate=1)), "results.json: changed"),
    ("a file less", lambda h, f: (f / "notebook.ipynb").unlink(), "notebook.ipynb: missing"),
    ("a file more", lambda h, f: (f / "extra.html").write_bytes(b""), "extra.html: not in the manifest"),
    ("no manifest", lambda h, f: (f / "run.json").unlink(), "no readable run.json"),
    ("half a manifest", lambda h, f: (f / "run.json").write_text("{"), "no readable run.json"),
    ("no fields", lambda h, f: (f / "run.json").write_text('{"seal": "x"}'), "run.json: outputs is missing"),
    ("other types", edit("run.json", lambda m: m.update(outputs=[], inputs=[1])), "outputs: list, not object"),
    ("a resealed type", reseal(lambda m: m.update(engine=3)), "run.json.engine: int, not string"),
    ("a resealed gap", reseal(lambda m: m.pop("gates")), "gates is missing"),
    ("a resealed addition", reseal(lambda m: m.update(note="x")), "note is not in the schema"),
    ("a resealed chain", reseal(lambda m: m.update(previous="0" * 64)), "missing from the history"),
    ("history lost", forget, "missing from the history"),
    ("history rewritten", rewrite_history, "does not match its seal"),
]


@pytest.fixture(scope="module")
def twice(template: House, tmp_path_factory: pytest.TempPathFactory) -> House:
    """A house whose report was published twice."""
    from benchmarks.faults.house import copy_of

    house = copy_of(template, tmp_path_factory.mktemp("twice") / "h")
    house.run(SAVE, "1")
    return house


@pytest.mark.parametrize(("tamper", "found"), [t[1:] for t in TAMPERINGS], ids=[t[0] for t in TAMPERINGS])
def test_every_tampering_is_found(
    twice: House, tmp_path: Path, tamper: Callable[[House, Path], None], found: str
) -> None:
    from benchmarks.faults.house import copy_of

    house = copy_of(twice, tmp_path / "h")
    folder = house.project.published("s", "a")
    assert run_folders(house.project) == (folder,)
    assert verify(house.project, folder).is_sound
    tamper(house, folder)
    faults = verify(house.project, folder).faults
    assert any(found in fault for fault in faults), faults


def test_inputs_changed_since_are_a_note_and_no_fault(published_house: House) -> None:
    (published_house.project.raw / "s" / "a.csv").unlink()
    found = verify(published_house.project, published_house.project.published("s", "a"))
    assert found.is_sound
    assert found.notes == ("data/raw/s/a.csv is missing since this report was made",)


@pytest.mark.parametrize("text", ["{", '{"seal": "x"}', '{"seal": "x", "outputs": [], "fingerprint": 3}'])
def test_a_damaged_manifest_is_made_again_by_the_next_run(published_house: House, text: str) -> None:
    """Its own report and one that reads it: neither stops, and the chain starts anew."""
    from benchmarks.faults.house import job

    house = published_house
    (house.project.published("s", "a") / "run.json").write_text(text, encoding="utf-8")
    results = house.batch([job(house.project), job(house.project, "over", depends_on=("a",), inputs=())])
    assert [result.state for result in results] == [State.PUBLISHED] * 2
    assert manifest_of(house)["previous"] is None
    assert verify(house.project, house.project.published("s", "a")).is_sound


def test_a_manifest_of_another_version_is_not_worked_with(published_house: House) -> None:
    folder = published_house.project.published("s", "a")
    assert trusted_manifest(folder) == read_manifest(folder)
    reseal(lambda m: m.update(schema=0))(published_house, folder)
    assert trusted_manifest(folder) is None
