"""The files of a new study: copied, carded, written in a staging folder and checked, then put in place all together."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from evaluation.errors import InputError, ParameterError, StudyError
from evaluation.onboarding.cards_text import card_text
from evaluation.onboarding.draft import POPULATION_FILE, Draft
from evaluation.onboarding.log_study import LogAddition, ReadyLog, log_addition
from evaluation.onboarding.recognise import Recognised
from evaluation.runs.project import Project
from evaluation.runs.publish import replace_file
from evaluation.session.faults import faults_of
from evaluation.session.prepare import prepare
from evaluation.sources.export import write_table_csv
from evaluation.study import load_study
from evaluation.study.cards import card_path, load_card


@dataclass(frozen=True, slots=True)
class Package:
    """What belongs to a study: path relative to the project's root → bytes, in the order in which it is put there."""

    study: str
    files: Mapping[str, bytes]


def package_of(draft: Draft, text: str, files: Sequence[Recognised], today: date) -> Package:
    """Return raw files unchanged, a card for each, the derived population with its card, and last the study file.

    A card that already lies beside a file is kept, and its checksum must hold.

    Raises
    ------
    InputError
        If a card beside a file does not fit its bytes.
    """
    folder = f"data/raw/{draft.request.study}"
    content: dict[str, bytes] = {}
    for file in files:
        name = f"{folder}/{file.path.name}"
        data = file.path.read_bytes()
        content |= {name: data, f"{name}.card.toml": _card(file, data, today)}
    if draft.population is not None:
        content |= _population(draft, folder, today)
    return Package(draft.request.study, {**content, f"studies/{draft.request.study}.toml": text.encode()})


def with_log(package: Package, ready: ReadyLog, today: date) -> Package:
    """Return the package with an incident log among its files written into its study file, and its category map."""
    name, folder = f"studies/{package.study}.toml", f"data/raw/{package.study}"
    text = package.files[name].decode()
    added = log_addition(text, ready)
    files = {key: data for key, data in package.files.items() if key != name}
    return Package(package.study, {**files, **_map_files(added, folder, today), name: (text + added.text).encode()})


def package_of_log(study: str, text: str, ready: ReadyLog, added: LogAddition, today: date) -> Package:
    """Return what a log adds to a study that stands already: the log, its card, its category map, the study file.

    Parameters
    ----------
    text
        The study file as it stands.
    """
    folder, path = f"data/raw/{study}", ready.path
    data = path.read_bytes()
    card = _card(Recognised(path, "incident_log", "log"), data, today)
    files = {f"{folder}/{path.name}": data, f"{folder}/{path.name}.card.toml": card}
    whole = (text.rstrip("\n") + "\n" + added.text).encode()
    return Package(study, {**files, **_map_files(added, folder, today), f"studies/{study}.toml": whole})


def _map_files(added: LogAddition, folder: str, today: date) -> dict[str, bytes]:
    """Return the category map of a log and its card, by path relative to the project's root."""
    data = added.map_text.encode()
    card = card_text("category_map", data, today)
    path = f"{folder}/{added.map_file}"
    return {path: data, f"{path}.card.toml": card.encode()}


def _card(file: Recognised, data: bytes, today: date) -> bytes:
    beside = card_path(file.path)
    if not beside.is_file():
        return card_text(file.kind, data, today).encode()
    if load_card(file.path).sha256 != hashlib.sha256(data).hexdigest():
        todo = "correct or remove the card beside the file"
        raise InputError(beside.name, found="a card of other bytes", expected="the card of this file", todo=todo)
    return beside.read_bytes()


def _population(draft: Draft, folder: str, today: date) -> dict[str, bytes]:
    if draft.population is None:
        return {}
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / POPULATION_FILE
        write_table_csv(path, draft.population)
        data = path.read_bytes()
    card = card_text("mean_population_derived", data, today, command="evaluation new-study")
    return {f"{folder}/{POPULATION_FILE}": data, f"{folder}/{POPULATION_FILE}.card.toml": card.encode()}


def check_package(package: Package, project: Project, *, into_study: bool = False) -> None:
    """Write the package into a staging folder, find every fault there and prepare its data as a run would.

    Parameters
    ----------
    into_study
        True where the study stands there already: its other raw files are needed too.

    Raises
    ------
    StudyError
        If the study has faults.
    InputError
        If a file cannot be read in the study, or files contradict each other.
    """
    with tempfile.TemporaryDirectory(prefix="evaluation-new-study-") as scratch:
        staged = Project(Path(scratch))
        if into_study and (project.raw / package.study).is_dir():
            shutil.copytree(project.raw / package.study, staged.raw / package.study)
        _write(package, staged.root)
        faults = faults_of(staged, package.study)
        if faults:
            todo = "correct what was given; nothing has been written"
            raise StudyError(f"study {package.study}", found="; ".join(faults), expected="no fault", todo=todo)
        prepare(staged, load_study(staged.studies / f"{package.study}.toml"))


def put_in_place(package: Package, project: Project, *, into_study: bool = False) -> tuple[Path, ...]:
    """Write every file of the package into the project, all or none; return those that were written.

    A file that already stands there with the same bytes is left as it is, and one that holds only the beginning of
    them is written anew: so it looks where an earlier attempt was killed. The study file comes last.

    Parameters
    ----------
    into_study
        True where the study stands there already: its file is replaced, last and in one step.

    Raises
    ------
    ParameterError
        If a file of that name with other bytes stands there: nothing is overwritten.
    """
    _refuse_existing(package, project, into_study=into_study)
    written: list[Path] = []
    study = f"studies/{package.study}.toml"
    with _undone(written):
        for name, data in package.files.items():
            path = project.root / name
            if path.exists():
                if (into_study and name == study) or _is_begun(path, data):
                    replace_file(path, data)
                continue
            _make_folder(path.parent, written)
            _write_new(path, data, written, at_once=name == study)
    return tuple(path for path in written if path.is_file())


def _write_new(path: Path, data: bytes, written: list[Path], *, at_once: bool) -> None:
    """Write a file that is not there; the study file at once, for half of it would be taken for a study."""
    if at_once:
        replace_file(path, data)
        written.append(path)
        return
    with path.open("xb") as stream:
        written.append(path)  # only now is it ours to take back
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


@contextmanager
def _undone(written: list[Path]) -> Iterator[None]:
    """Take back what was written, newest first, where the block does not come to its end."""
    finished = False
    try:
        yield
        finished = True
    finally:
        for path in [] if finished else reversed(written):
            with suppress(FileNotFoundError):
                path.rmdir() if path.is_dir() else path.unlink()


def _make_folder(folder: Path, written: list[Path]) -> None:
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir()
        written.append(parent)


def refuse_existing_study(study: str, project: Project) -> None:
    """Stop before any work where a study of that name stands already.

    Raises
    ------
    ParameterError
        If it does.
    """
    if (project.studies / f"{study}.toml").exists():
        raise _exists(f"studies/{study}.toml", study)


def _refuse_existing(package: Package, project: Project, *, into_study: bool) -> None:
    if not into_study:
        refuse_existing_study(package.study, project)
    for name, data in package.files.items():
        path = project.root / name
        differs = not name.startswith("studies/") and _is_taken(path) and not _holds(path, data)
        if differs and not _is_begun(path, data) and not _is_card_of_same_file(package, path, name):
            raise _exists(name, package.study) if into_study else _left(name)


def _is_taken(path: Path) -> bool:
    """Whether the name is in use, be it by a link that leads nowhere."""
    return path.exists() or path.is_symlink()


def _holds(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def _is_begun(path: Path, data: bytes) -> bool:
    """Whether a file holds the beginning of these bytes and no more: whoever writes them loses nothing."""
    if not path.is_file() or path.stat().st_size >= len(data):
        return False
    return data.startswith(path.read_bytes())


def _is_card_of_same_file(package: Package, path: Path, name: str) -> bool:
    """Whether a card that stands there already is that of the very file: it is kept as somebody has filled it in."""
    data = package.files.get(name.removesuffix(".card.toml"), b"")
    is_card = name.endswith(".card.toml") and path.is_file()
    return is_card and hashlib.sha256(data).hexdigest() in path.read_text(encoding="utf-8")


def _exists(name: str, study: str) -> ParameterError:
    todo = f"choose another name with --id, or go on with that study: evaluation check {study}"
    return ParameterError(name, found="a file of that name", expected="none: nothing is overwritten", todo=todo)


def _left(name: str) -> ParameterError:
    """Say what stands in the way of a new study: it has no study file yet, so the file may be of an attempt cut off."""
    todo = "choose another name with --id; or remove the file, if it is left from an attempt that was cut off"
    return ParameterError(name, found="a file of that name", expected="none: nothing is overwritten", todo=todo)


def _write(package: Package, root: Path) -> None:
    for name, data in package.files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
