"""`python -m tests.sources.fuzz --files 20000`: spoil valid files, read them, count what is silently wrong."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from evaluation.errors import EvaluationError
from tests.sources.fuzz.documents import MAKERS, OPTIONS, Document, read
from tests.sources.fuzz.mutators import MUTATORS
from tests.sources.fuzz.verdict import Verdict, judge

SLOW = 10.0


def make(seed: int) -> tuple[Document, tuple[str, ...]]:
    """Return a document spoiled by one to five mutators, the same for the same seed."""
    random_ = random.Random(seed)
    document = MAKERS[seed % len(MAKERS)](random_)
    names = tuple(random_.sample(sorted(MUTATORS), random_.randint(1, 5)))
    for name in names:
        MUTATORS[name](document, random_)
    return document, names


def judge_seed(seed: int, folder: Path) -> tuple[Verdict, tuple[str, ...], str, float]:
    """Write, read and judge one spoiled file."""
    document, names = make(seed)
    path = folder / ("file.xlsx" if document.workbook else "file.csv")
    path.write_bytes(document.to_bytes())
    start = time.monotonic()
    verdict = judge(document, path)
    return verdict, names, document.kind, time.monotonic() - start


def spoil_bytes(seed: int) -> tuple[str, bytes]:
    """Return a valid text file or workbook with damaged bytes."""
    random_ = random.Random(seed)
    document = MAKERS[seed % len(MAKERS)](random_)
    document.workbook = seed % 7 == 0
    return document.kind, damaged(document.to_bytes(), random_)


def damaged(whole: bytes, random_: random.Random) -> bytes:
    """Return a file with bytes flipped, cut out, repeated, zeroed, or the end cut off, one to four times."""
    data = bytearray(whole)
    for _ in range(random_.randint(1, 4)):
        at, length = random_.randrange(max(len(data), 1)), random_.randint(1, 30)
        change = random_.randrange(6)
        if change == 0 and data:
            data[at] ^= 1 << random_.randrange(8)
        elif change == 1:
            del data[at:]
        elif change == 2:
            data[at : at + length] = bytes(length)
        elif change == 3:
            del data[at : at + length]
        elif change == 4:
            data[at:at] = data[at : at + length]
        else:
            data[at : at + length] = random_.randbytes(length)
    return bytes(data)


def judge_bytes(seed: int, folder: Path) -> str:
    """Read one damaged file; return what went wrong, or nothing if it was read or refused with a clear message."""
    kind, data = spoil_bytes(seed)
    return judge_damaged(kind, data, folder)


def judge_damaged(kind: str, data: bytes, folder: Path) -> str:
    """Read one damaged file as its kind; return what went wrong, or nothing."""
    path = folder / "damaged.csv"
    path.write_bytes(data)
    try:
        reading = read(kind, path)
    except EvaluationError as error:
        clear = path.name in error.where and all((error.found, error.expected, error.todo))
        return "" if clear else f"an unclear message: {error}"
    except Exception as error:  # whatever else comes out is a fault
        return f"a traceback: {type(error).__name__} {error}"
    record = reading.record
    return "" if record.rows_read == record.rows_kept + len(record.set_aside) else "rows do not add up"


def main(arguments: list[str] | None = None) -> int:
    """Run the fuzzing and print its table; the exit code is 1 if anything was silently wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20000, help="spoiled files, and as many with damaged bytes")
    parser.add_argument("--first", type=int, default=0, help="first seed")
    chosen = parser.parse_args(arguments)
    outcomes: Counter[str] = Counter()
    faults: list[str] = []
    slowest = 0.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for seed in range(chosen.first, chosen.first + chosen.files):
            verdict, names, kind, seconds = judge_seed(seed, folder)
            outcomes[verdict.outcome] += 1
            slowest = max(slowest, seconds)
            if verdict.wrong or seconds > SLOW:
                faults.append(f"seed {seed} {kind} {', '.join(names)}: {verdict.wrong or 'slow'}")
        judged = [(seed, judge_bytes(seed, folder)) for seed in range(chosen.first, chosen.first + chosen.files)]
    faults += [f"damaged seed {seed}: {wrong}" for seed, wrong in judged if wrong]
    print(f"{len(MUTATORS)} mutators, {len(OPTIONS) + 2} kinds of source, {chosen.files} spoiled files")
    print(f"read in full {outcomes['read']}, in part {outcomes['partly']}, refused {outcomes['refused']}")
    print(f"damaged bytes: {chosen.files} files; slowest file {slowest:.2f} s; faults {len(faults)}")
    print("\n".join(faults[:50]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
