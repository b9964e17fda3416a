"""A class through `halfway review`: seconds, verdicts a second, memory; and is each verdict right?

    python benchmarks/review.py [LEARNERS] [DIR]

The class is made by review_class.py: right, other right, wrong, untouched and hostile files for every unit,
and broken zips. With DIR, class and report are kept there. Plain pytest is measured on a sample of the same
files, none of them hostile, since it confines nothing; what it would take for the class is computed from it.
"""

from __future__ import annotations

import csv
import hashlib
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from review_class import Class, Work
from verdict import QUIET

from halfway import catalog

LEARNERS = 1000
SAMPLE = 60
CORES = 2
RIGHT = ("right", "another right", "right, looks odd")
QUARTERS = 4
OFF = [part for name in (*QUIET, "cacheprovider") for part in ("-p", f"no:{name}")]


class Memory(threading.Thread):
    """Looks every second at the coordinator of a review and at everything below it."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self.seen: list[tuple[float, float]] = []
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(1.0):
            children = _below(self._pid)
            if children:
                self.seen.append((_megabytes(self._pid), sum(_megabytes(pid) for pid in children)))

    def quarters(self, which: int) -> list[float]:
        """Gives the median of each quarter of the time."""
        step = max(1, len(self.seen) // QUARTERS)
        parts = [self.seen[at : at + step] for at in range(0, step * QUARTERS, step)]
        return [statistics.median(pair[which] for pair in part) for part in parts if part]


def _below(pid: int) -> set[int]:
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    below = {pid}
    while more := {child for child, parent in parents.items() if parent in below} - below:
        below |= more
    return below - {pid}


def _megabytes(pid: int) -> float:
    """What a process has for itself, and its part of what it shares."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def reviewed(folder: Path, out: Path) -> tuple[float, float, int, Memory]:
    """Gives the seconds until everything is graded, those of the whole command, its exit code, and memory."""
    words = ["-m", "halfway.cli", "review", str(folder), "--out", str(out), "--workers", str(CORES)]
    began = time.perf_counter()
    graded = 0.0
    with subprocess.Popen(
        [sys.executable, *words], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as run:
        memory = Memory(run.pid)
        memory.start()
        for line in run.stderr or ():
            if line.endswith(" graded\n"):
                graded = time.perf_counter() - began
                print(f"  {graded:6.0f} s  {line.strip()}", file=sys.stderr, flush=True)
    memory.over.set()
    return graded, time.perf_counter() - began, run.returncode, memory


def checked(made: Class, out: Path) -> list[str]:
    """Holds every verdict against what the file is."""
    kinds = {(w.unit.slug, hashlib.sha256(w.text.encode()).hexdigest()): w.kind for w in made.works}
    told: Counter[tuple[str, bool]] = Counter()
    faults = 0
    with (out / "exports" / "grades.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            told[kinds[row["unit"], row["sha256"]], row["kept"] == row["of"] != "0"] += 1
            faults += bool(row["checker_fault"])
    lines = []
    for kind in dict.fromkeys(w.kind for w in made.works):
        full, not_full = told[kind, True], told[kind, False]
        wrong = "   <-- WRONG" if (not_full if kind in RIGHT else full) else ""
        lines.append(f"  {kind:18} {full + not_full:6,} files, {full:6,} with full marks{wrong}")
    return [*lines, f"  {'checker faults':18} {faults:6,}"]


def plain_pytest(works: list[Work], folder: Path) -> float:
    """Gives how many verdicts a second plain pytest gives: a process for each file, one on each core."""
    root = catalog.root()

    def run(place: int) -> None:
        work = works[place]
        own = folder / str(place) / work.unit.slug
        own.mkdir(parents=True)
        (own / work.unit.file).write_text(work.text, encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            *OFF,
            f"tests/exercises/{work.unit.slug}",
        ]
        command += ["--submission", str(own.parent)]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            raise RuntimeError(done.stdout[-500:] + done.stderr[-500:])

    began = time.perf_counter()
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(run, range(len(works))))
    return len(works) / (time.perf_counter() - began)


def table(made: Class, seconds: tuple[float, float], code: int, pace: float, memory: Memory) -> str:
    """Gives the table."""
    contents = len({(work.unit.slug, work.text) for work in made.works})
    graded, whole = seconds
    lines = [
        f"{len(made.works):,} files, {contents:,} different contents, {made.broken} broken zips\n",
        f"{'confined, everything graded':44} {graded:7.0f} s   {contents / graded:6.1f} verdicts/s",
        f"{'the same, with report and exports':44} {whole:7.0f} s   exit code {code}",
        f"{'plain pytest, each content (extrapolated)':44} {contents / pace:7.0f} s   {pace:6.1f} verdicts/s",
        f"{'plain pytest, each file (extrapolated)':44} {len(made.works) / pace:7.0f} s",
        f"{'':44} {'1st':>6} {'2nd':>6} {'3rd':>6} {'4th':>6}   quarter of the time",
    ]
    for which, who in enumerate(("coordinator", "workers and sandboxes")):
        told = " ".join(f"{value:6.0f}" for value in memory.quarters(which))
        most = max((pair[which] for pair in memory.seen), default=0.0)
        lines.append(f"{f'memory in MB, {who}':44} {told}   at most {most:.0f}")
    return "\n".join(lines)


def main() -> None:
    """Prints one table."""
    learners = int(sys.argv[1]) if len(sys.argv) > 1 else LEARNERS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(sys.argv[2] if len(sys.argv) > 2 else name)
        made = Class(folder / "class", learners)
        honest = [work for work in made.works if work.kind not in ("attack", RIGHT[-1])]
        sample = random.Random(1).sample(honest, min(SAMPLE, len(honest)))
        before = plain_pytest(sample[::2], folder / "before")
        graded, whole, code, memory = reviewed(folder / "class", folder / "report")
        after = plain_pytest(sample[1::2], folder / "after")
        load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
        print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, {CORES} workers, {load}")
        print(f"{learners:,} learners; plain pytest: {len(sample)} files, half of them before, half after\n")
        print(table(made, (graded, whole), code, statistics.mean((before, after)), memory))
        print("\n".join(["", *checked(made, folder / "report")]))


if __name__ == "__main__":
    main()
