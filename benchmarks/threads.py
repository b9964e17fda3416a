"""Races of a pool: found by the explorer, and by real threads in so many runs.

    python benchmarks/threads.py [runs]

Each row is a wrong idea of unit 64; the last one is the reference.
Explorer: the stories, and the milliseconds, until the first broken promise.
Real threads run the same file: two workers, two callers, and one who closes.
In how many of the runs did close return before an accepted job had ended, was a job lost, did a call raise
what it must not, or did somebody still wait after two seconds?
Once with jobs that take no time, once with jobs that give way (`sleep(0)`).
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
import threading
import time
import types
from collections.abc import Callable
from contextlib import closing
from typing import Any

from halfway import catalog
from halfway.kit import PRESSURES, BrokenError, EveryStory, Tellings, Unit, only_story
from halfway.links.direct import Direct

RUNS = 10_000
PATIENCE_S = 2.0
HANGS_MAX = 5
"""So many runs that hang are enough: each costs its whole patience, and its threads stay."""
SLUG = "ex64_worker_pool"
IDEAS = (
    "count_without_lock",
    "empty_means_done",
    "look_then_append",
    "noted_after_counted_out",
    "submit_wakes_nobody",
    "wake_one_is_enough",
    "woken_means_there_is_one",
    "woken_means_there_is_room",
)


def explored(source: str, suite: types.ModuleType) -> tuple[int, float, str]:
    """Gives stories, milliseconds and the promise that broke first; "" for none."""
    began = time.perf_counter()
    with closing(Direct(source, "serve")) as link:
        unit = Unit(link)
        tellings: Tellings = {}
        for name, test in vars(suite).items():
            if name.startswith("test_"):
                given = {
                    "unit": unit,
                    "story": only_story(unit, pressures=PRESSURES - suite.WITHOUT.keys()),
                    "every_story": EveryStory(unit, tellings=tellings, without=suite.WITHOUT),
                }
                try:
                    test(**{name: given[name] for name in inspect.signature(test).parameters})
                except BrokenError:
                    return _told(tellings), (time.perf_counter() - began) * 1e3, name
    return _told(tellings), (time.perf_counter() - began) * 1e3, ""


def _told(tellings: Tellings) -> int:
    return sum([len(telling._told) for telling in tellings.values()])


class Work:
    """Remembers which jobs have ended; the last one raises."""

    def __init__(self, give_way: Callable[[], object]) -> None:
        self._give_way = give_way
        self.ended: list[int] = []

    def run(self, job: int) -> None:
        """Does one job."""
        self._give_way()
        self.ended.append(job)
        if job == 3:
            raise ConnectionError("no line")


def a_run(module: Any, give_way: Callable[[], object]) -> str:
    """Gives what went wrong in one run with real threads: "", "hangs" or "races"."""
    work = Work(give_way)
    pool = module.WorkerPool(work, 1)
    accepted: list[int] = []
    wrong: list[str] = []

    def caller(*jobs: int) -> None:
        for job in jobs:
            try:
                pool.submit(job)
            except module.Closed:
                return
            accepted.append(job)

    def closer() -> None:
        pool.close()
        ended = list(work.ended)
        if not set(accepted[:]) <= set(ended):
            wrong.append("close returned early")
        if pool.failed() != [job for job in ended if job == 3]:
            wrong.append("failed is not complete")

    calls = [(pool.serve, ()), (pool.serve, ()), (caller, (1, 2)), (caller, (3,)), (closer, ())]
    threads = [threading.Thread(target=told(call, wrong), args=args, daemon=True) for call, args in calls]
    for thread in threads:
        thread.start()
    until = time.monotonic() + PATIENCE_S
    for thread in threads:
        thread.join(max(until - time.monotonic(), 0))
    if any(thread.is_alive() for thread in threads):
        return "hangs"
    return "races" if wrong or sorted(work.ended) != sorted(accepted) else ""


def told(call: Callable[..., object], wrong: list[str]) -> Callable[..., None]:
    """The call, which notes what it raises."""

    def made(*args: object) -> None:
        try:
            call(*args)
        except Exception as error:
            wrong.append(repr(error))

    return made


def stressed(source: str, runs: int, give_way: Callable[[], object]) -> str:
    """Says in how many runs with real threads something went wrong."""
    module = types.ModuleType("serve")
    exec(compile(source, "serve.py", "exec"), module.__dict__)
    found = hangs = made = 0
    while made < runs and hangs < HANGS_MAX:
        end = a_run(module, give_way)
        made += 1
        found += bool(end)
        hangs += end == "hangs"
    return f"{found:,} of {made:,}"


def main() -> None:
    """Prints the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    unit = catalog.find(SLUG)
    spec = importlib.util.spec_from_file_location("suite", unit.suite)
    assert spec is not None
    assert spec.loader is not None
    suite = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(suite)
    reference = unit.solution.read_text(encoding="utf-8")
    sources = {idea.name: idea.program(reference) for idea in unit.mutants if idea.name in IDEAS}
    sources["(the reference)"] = reference
    explored(sources["(the reference)"], suite)  # what is made once is not measured
    print(f"Python {sys.version.split()[0]}")
    print(f"{'wrong idea':27} {'stories':>8} {'ms':>7}   {'no time':>16} {'gives way':>16}")
    for name, source in sources.items():
        stories, ms, _ = explored(source, suite)
        columns = [stressed(source, runs, give_way) for give_way in (lambda: None, lambda: time.sleep(0))]
        print(f"{name:27} {stories:8,} {ms:7.1f}   {columns[0]:>16} {columns[1]:>16}", flush=True)


if __name__ == "__main__":
    main()
