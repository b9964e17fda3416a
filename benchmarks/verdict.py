"""From a saved file to a verdict: how long it takes here, and beside plain pytest and check50, in one run.

    python benchmarks/verdict.py [rounds [unit ...]]

A unit is named as in `halfway grade`; without one, every row is measured.
Every row is measured once in each round, one after the other: what else the machine does meets them all.
Each of our rows explores every story of its suite; check50's checks are one call each.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

from halfway import catalog
from halfway.grading import ConfinementError, Grader

ROUNDS = 9
BUDGET_MS = {"warm": 100, "cold": 400}
CONFINED_MS = 150
A_SECOND, EACH = 20, 10
"""Confined verdicts a second that two graders are to give on two cores, and how many each of them gives."""
QUIET = (
    "looptime_plugin",
    "looptime_chronometers",
    "looptime_timeproxies",
    "anyio",
    "hypothesispytest",
    "xdist",
)
UNIT = "ex41_dedup_key"
IDLE_S = 0.6
"""A watcher is idle between two saves, and uses that time."""

CHECKS = '''
import asyncio
import check50
import check50.py

KEYS = "keys.py"


class Phone:
    def __init__(self, fails=0):
        self.calls, self.fails = [], fails

    async def ring(self, key, recipient, text):
        self.calls.append(key)
        if len(self.calls) <= self.fails:
            raise ConnectionRefusedError("refused")
        return "receipt"


def learner():
    return check50.py.import_(KEYS)


def expect(expected, actual):
    if expected != actual:
        raise check50.Mismatch(str(expected), str(actual))


@check50.check()
def exists():
    """keys.py exists"""
    check50.exists(KEYS)
'''
CHECK = '''

@check50.check(exists)
def {name}():
    """{name}"""
    keys = learner()
    key, Alert = keys.dedup_key, keys.Alert
    alert = Alert("disk-7", 1, "ana", "92 % full")
    {body}
'''
BODIES = {
    "same_alert_same_key": "expect(key(alert), key(alert))",
    "another_revision": 'expect(False, key(alert) == key(Alert("disk-7", 2, "ana", "x")))',
    "another_recipient": 'expect(False, key(alert) == key(Alert("disk-7", 1, "bo", "x")))',
    "another_text": 'expect(key(alert), key(Alert("disk-7", 1, "ana", "93 % full")))',
    "fits_a_header": "expect(True, len(key(alert)) <= 255 and key(alert).isascii())",
    "gives_the_receipt": 'expect("receipt", asyncio.run(keys.publish(alert, Phone(), 3)))',
    "one_key_on_every_attempt": (
        "phone = Phone(2); asyncio.run(keys.publish(alert, phone, 3)); expect(1, len(set(phone.calls)))"
    ),
}
MANIFEST = "check50:\n  checks: __init__.py\n"


def course(folder: Path) -> Path:
    """Gives a copy of the course in which every learner's file is the reference."""
    source = catalog.root()
    for part in ("exercises", "solutions", "tests/exercises"):
        shutil.copytree(source / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "mkdocs.yml").write_text("site_name: benchmark\n")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --import-mode=importlib\n")
    for unit in catalog.units(folder):
        shutil.copyfile(unit.solution, unit.stub)
    return folder


def check50_problem(folder: Path) -> Path:
    """Writes a problem for check50 that asks what one call at a time can ask."""
    folder.mkdir()
    checks = "".join(CHECK.format(name=name, body=body) for name, body in BODIES.items())
    (folder / "__init__.py").write_text(CHECKS + checks)
    (folder / ".cs50.yml").write_text(MANIFEST)
    return folder


def run(command: list[str], folder: Path, passes: str) -> float:
    """Gives how many milliseconds a command takes that has to say `passes`."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    took = time.perf_counter() - began
    if passes not in done.stdout:
        raise RuntimeError(f"{command}: {done.stdout[-800:]}{done.stderr[-800:]}")
    return took * 1e3


def rows(folder: Path, grader: Grader, confined: Grader | None) -> dict[str, Callable[[], float]]:
    """Gives what is measured, by the name of its row."""
    found: dict[str, Callable[[], float]] = {}

    def warm(slug: str, grader: Grader = grader) -> float:
        for _ in range(2):  # saves of the same file come before: another row has asked for another unit
            grader.grade(slug)
            time.sleep(IDLE_S)
        began = time.perf_counter()
        verdict = grader.grade(slug)
        took = time.perf_counter() - began
        if not verdict.passed:
            raise RuntimeError(
                verdict.fault or "; ".join(f"{p.id}: {p.status}: {p.saw}" for p in verdict.broken)
            )
        return took * 1e3

    for unit in catalog.units(folder):
        found[f"warm verdict, {unit.slug}"] = lambda slug=unit.slug: warm(slug)  # type: ignore[misc]
    if confined is not None:
        for unit in catalog.units(folder):
            name = f"confined verdict, {unit.slug}"
            found[name] = lambda slug=unit.slug: warm(slug, confined)  # type: ignore[misc]
    halfway = [str(Path(sys.executable).with_name("halfway")), "grade", UNIT]
    found[f"cold `halfway grade {UNIT}`"] = lambda: run(halfway, folder, "promises are kept")
    promises = len(catalog.find(UNIT, folder).promises())
    off = [part for name in QUIET for part in ("-p", f"no:{name}")]
    plain = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        *off,
        f"tests/exercises/{UNIT}",
        "--submission",
        "exercises",
    ]
    found["cold plain pytest, the same suite"] = lambda: run(plain, folder, f"{promises} passed")
    found[f"cold check50 --dev, {len(BODIES)} checks of one call each"] = lambda: check50(folder)
    return found


def of_units(every: dict[str, Callable[[], float]], slugs: list[str]) -> dict[str, Callable[[], float]]:
    """Gives the rows of these units; without any, every row."""
    return {name: one for name, one in every.items() if not slugs or name.endswith(tuple(slugs))}


def check50(folder: Path) -> float:
    """Gives what check50 takes, offline, on a local problem."""
    problem = folder / "problem"
    if not problem.is_dir():
        check50_problem(problem)
    command = [str(Path(sys.executable).with_name("check50")), "--dev", str(problem), "-o", "ansi"]
    return run(command, folder / "exercises" / UNIT, ":) one_key_on_every_attempt")


def measured(every: dict[str, Callable[[], float]], rounds: int) -> dict[str, list[float] | str]:
    """Runs every row once in each round, after one round that does not count."""
    found: dict[str, list[float] | str] = {name: [] for name in every}
    for number in range(rounds + 1):
        for name, measure in every.items():
            times = found[name]
            if isinstance(times, str):
                continue
            try:
                took = measure()
            except (OSError, RuntimeError) as e:
                found[name] = f"cannot run here: {' '.join(str(e).split())[-120:]}"
                continue
            if number:
                times.append(took)
            time.sleep(IDLE_S)
    return found


def table(found: dict[str, list[float] | str]) -> str:
    """Gives the table: medians, the fastest run, and how many times our own cold verdict each one is."""
    cold = found.get(f"cold `halfway grade {UNIT}`")  # not there where units were named
    ours = statistics.median(cold) if isinstance(cold, list) else 0.0
    lines = [f"{'':58} {'median':>8} {'fastest':>8} {'budget':>8} {'ratio':>7}"]
    for name, times in found.items():
        if isinstance(times, str):
            lines.append(f"{name:58} {times}")
            continue
        budget = (
            BUDGET_MS["warm"] if name.startswith("warm") else BUDGET_MS["cold"] if "halfway" in name else 0
        )
        budget = CONFINED_MS if name.startswith("confined") else budget
        median = statistics.median(times)
        shown = f"{budget:5} ms" if budget else ""
        ratio = f"{median / ours:6.2f}x" if ours else ""
        lines.append(f"{name:58} {median:5.0f} ms {min(times):5.0f} ms {shown:>8} {ratio}".rstrip())
    return "\n".join(lines)


def confined_grader(folder: Path) -> Grader | None:
    """Gives a grader with sandboxes; None where there are none, and says why."""
    try:
        return Grader(folder, confined=True)
    except ConfinementError as error:
        print(f"no confined verdicts: {error}\n")
        return None


def a_second(folder: Path, slug: str) -> float:
    """Gives how many confined verdicts on one unit two graders give in a second, side by side."""
    with Grader(folder, confined=True) as one, Grader(folder, confined=True) as other:
        for grader in (one, other):
            grader.grade(slug)

        def many(grader: Grader) -> None:
            for _ in range(EACH):
                grader.grade(slug)

        threads = [threading.Thread(target=many, args=(grader,)) for grader in (one, other)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return 2 * EACH / (time.perf_counter() - began)


def main() -> None:
    """Prints one table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    slugs = [catalog.find(unit).slug for unit in sys.argv[2:]]
    with tempfile.TemporaryDirectory() as name:
        folder = course(Path(name).resolve())
        os.environ["HALFWAY_COURSE"] = str(folder)
        confined = confined_grader(folder)
        with Grader(folder) as grader, confined or nullcontext():
            found = measured(of_units(rows(folder, grader, confined), slugs), rounds)
        paced = [unit.slug for unit in catalog.units(folder) if unit.slug in slugs or not slugs]
        pace = {slug: a_second(folder, slug) for slug in paced} if confined else {}
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    print(f"{rounds} rounds, Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {load}\n")
    print(table(found))
    for slug, verdicts in pace.items():
        print(f"{f'confined verdicts a second, two graders, {slug}':58} {verdicts:5.1f}    (goal {A_SECOND})")


if __name__ == "__main__":
    main()
