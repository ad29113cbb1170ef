"""The same evaluation for 290 generated municipalities × 4 agreements, through the runner.

`python benchmarks/national.py [--municipalities 290] [--jobs 2] [--cluster tcp://… | --dask 1 2]` makes a project of
synthetic monthly counts in a temporary folder, publishes one report per municipality and agreement, verifies every
seal, and prints CPU and wall seconds beside the stock way (papermill, then nbconvert, a process each) measured on a few
of the same notebooks; neither way has gates. `--dask` measures wall time over so many workers of this machine instead.
`run()` and `scaling()` return the rows.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import tomlkit

REPOSITORY = Path(__file__).parents[1]
TEMPLATE = REPOSITORY / "studies" / "upplands-vasby.toml"
YEARS = range(2012, 2026)
INDICATORS = {"assault_month": "assault", "liberty_peace_month": "offences_against_liberty_and_peace"}
STOCK_SAMPLE = 2


def make_project(root: Path, municipalities: int, seed: int = 290) -> list[str]:
    """Write studies, figures and cards; returns the ids of the studies."""
    shutil.copytree(REPOSITORY / "notebooks", root / "notebooks")
    shutil.copy(REPOSITORY / "requirements.lock", root)
    (root / "studies").mkdir()
    rng = np.random.default_rng(seed)
    codes = [f"{9000 + number:04}" for number in range(municipalities)]
    for code in codes:
        (root / "studies" / f"kommun-{code}.toml").write_text(study_text(code), encoding="utf-8")
        raw = root / "data" / "raw" / f"kommun-{code}"
        raw.mkdir(parents=True)
        population = int(rng.lognormal(9.8, 0.9)) + 2500
        _with_card(
            raw / "offences_by_month.csv", "municipality × month × offence type", counts_text(code, population, rng)
        )
        lines = "".join(f"{code},Kommun {code},{year},{population},generated\n" for year in YEARS)
        _with_card(
            raw / "mean_population.csv",
            "municipality × year",
            f"area_code,area,year,mean_population,derived_from\n{lines}",
        )
    return [f"kommun-{code}" for code in codes]


def study_text(code: str) -> str:
    """The real study's file with one area, two monthly indicators and nothing that only the real place has."""
    study = tomlkit.parse(TEMPLATE.read_text(encoding="utf-8")).unwrap()
    study["study"] |= {"id": f"kommun-{code}", "municipality": code, "languages": ["sv"], "synthetic": True}
    study["study"]["name"] = {"sv": f"Kommun {code}", "en": f"Municipality {code}"}
    study["areas"] = [{"code": code, "name": f"Kommun {code}", "role": "target"}]
    study["sources"] = [
        source for source in study["sources"] if source["id"] in ("offences_by_month", "mean_population")
    ]
    for source in study["sources"]:
        source["official"] = False
    study["indicators"] = [
        indicator | {"role": "primary", "caveats": []}
        for indicator in study["indicators"]
        if indicator["id"] in INDICATORS
    ]
    covered = {indicator["priority_area"] for indicator in study["indicators"]}
    study["missing_indicators"] = [
        {"id": f"{area['id']}_missing", "name": area["name"], "priority_area": area["id"], "needed": area["aim"]}
        for area in study["priority_areas"]
        if area["id"] not in covered
    ]
    study["fixed_baselines"] = [{**study["fixed_baselines"][1], "start": _first_day()}]
    for key in ("context_events", "oddities", "claims", "survey_questions"):
        study.pop(key, None)
    return tomlkit.dumps(study)


def counts_text(code: str, population: int, rng: np.random.Generator) -> str:
    """Monthly counts with a season, a trend, and a true change in the third agreement."""
    lines = ["area_code,area,year,month,offence_type,count,status"]
    for offence, rate in zip(INDICATORS.values(), (900.0, 600.0), strict=True):
        for year in YEARS:
            for month in range(1, 13):
                season = 1 + 0.15 * np.sin(2 * np.pi * month / 12)
                change = 0.9 if year in (2021, 2022) else 1.0
                mean = population / 100_000 * rate / 12 * season * change
                lines.append(f"{code},Kommun {code},{year},{month},{offence},{rng.poisson(mean)},final")
    return "\n".join(lines) + "\n"


def run(municipalities: int = 4, workers: int = 2, cluster: str = "") -> list[dict[str, object]]:
    """Publish every report, check them, and return one row per way of running.

    With a cluster only wall time can be told: its workers' CPU seconds are spent elsewhere.
    """
    with tempfile.TemporaryDirectory(prefix="national-") as folder:
        root = Path(folder).resolve()
        studies = make_project(root, municipalities)
        reports, wall, cpu = publish_all(root, studies, cluster or None, workers)
        if cluster:
            return [{"way": f"runner, cluster {cluster}", "reports": reports, "wall_s": round(wall, 1)}]
        stock, ours = _stock(root, studies[:STOCK_SAMPLE]), cpu / reports
    return [
        {
            "way": "runner, warm engine",
            "reports": reports,
            "wall_s": round(wall, 1),
            "cpu_s_per_report": round(ours, 2),
        },
        {"way": "papermill + nbconvert", "reports": STOCK_SAMPLE, "cpu_s_per_report": round(stock, 2)},
        {"way": "ratio", "ratio": round(stock / ours, 1), "goal": 8.0, "met": stock / ours >= 8.0},
        {"way": "290 × 4, CPU minutes", "ours": round(ours * 1160 / 60, 1), "stock": round(stock * 1160 / 60, 1)},
    ]


def scaling(municipalities: int = 4, workers: tuple[int, ...] = (1, 2)) -> list[dict[str, object]]:
    """Publish the same reports with different numbers of Dask workers on this machine; one row each."""
    from distributed import LocalCluster

    rows: list[dict[str, object]] = []
    for number in workers:
        with tempfile.TemporaryDirectory(prefix="national-") as folder:
            root = Path(folder).resolve()
            studies = make_project(root, municipalities + number)
            os.environ["EVALUATION_ROOT"] = str(root)  # the workers inherit it
            with LocalCluster(n_workers=number, threads_per_worker=1, dashboard_address=None) as cluster:
                address = cluster.scheduler_address
                publish_all(root, studies[:number], address, 4 * number)  # every worker starts its warm parent
                reports, wall, _ = publish_all(root, studies[number:], address, 4 * number)
        first = float(str(rows[0]["wall_s"])) if rows else wall
        rows.append(
            {"dask_workers": number, "reports": reports, "wall_s": round(wall, 1), "times": round(first / wall, 2)}
        )
    return rows


def publish_all(root: Path, studies: list[str], cluster: str | None, workers: int) -> tuple[int, float, float]:
    """Publish the agreement pages of these studies and verify every seal; number of reports, wall and CPU seconds."""
    from evaluation.runs.batch import Settings, run_batch
    from evaluation.runs.cluster import ClusterCrew
    from evaluation.runs.job import in_order
    from evaluation.runs.project import Project
    from evaluation.runs.settings import Wiring
    from evaluation.runs.verify import run_folders, verify
    from evaluation.runs.warm_crew import WarmCrew
    from evaluation.session.jobs import jobs_of

    os.environ["EVALUATION_ROOT"] = str(root)
    project = Project(root)
    jobs = in_order(job for study in studies for job in jobs_of(project, study) if job.id.startswith("agreement-"))
    settings = Settings(wiring=Wiring("evaluation.session.rendering:render_run", (), None), workers=workers)
    began, before = time.monotonic(), _cpu()
    with ClusterCrew(cluster) if cluster else WarmCrew() as crew:
        results = run_batch(project, jobs, crew, settings)
    wall, cpu = time.monotonic() - began, _cpu() - before
    failed = [result for result in results if not result.state.is_success]
    faulty = [str(path) for path in run_folders(project) if not verify(project, path).is_sound]
    if failed or faulty:
        raise RuntimeError(f"{len(failed)} of {len(results)} jobs failed, {len(faulty)} not sound: {failed[:3]}")
    return len(jobs), wall, cpu


def _stock(root: Path, studies: Iterable[str]) -> float:
    """CPU seconds per report the stock way."""
    times = []
    for study in studies:
        before, out = _cpu(), root / f"{study}.ipynb"
        execute = ["papermill", str(root / "notebooks" / "03_agreement_period.ipynb"), str(out), "-r", "study", study]
        export = ["nbconvert", "--to", "html", "--no-input", str(out)]
        for command in ([*execute, "--no-progress-bar", "--engine", "nbclient"], export):
            subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True)
        times.append(_cpu() - before)
    return sum(times) / len(times)


def _with_card(path: Path, row: str, text: str) -> None:
    data = text.encode("utf-8")
    path.write_bytes(data)
    card = {
        **{"publisher": "benchmarks/national.py", "title": "Generated counts", "row": row, "unit": "as named"},
        **{"published": "generated", "accessed": _first_day(), "licence": "MIT", "citation": "syntetiska exempeldata"},
        **{"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "caveats": ["Generated, not real."]},
    }
    path.with_name(f"{path.name}.card.toml").write_text(tomlkit.dumps(card), encoding="utf-8")


def _first_day() -> object:
    return tomlkit.date(f"{YEARS[0]}-01-01").unwrap()


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--municipalities", type=int, default=290)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--cluster", default="")
    parser.add_argument("--dask", type=int, nargs="*", default=[])
    options = parser.parse_args()
    if options.dask:
        rows = scaling(options.municipalities, tuple(options.dask))
    else:
        rows = run(options.municipalities, options.jobs, options.cluster)
    for row in rows:
        print("  ".join(f"{key}={value}" for key, value in row.items()))


if __name__ == "__main__":
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    main()
