"""Prints one table: virtual time and searched stories, ours beside peers and the floor, in one run.

    python benchmarks/kernel.py [--quick]

Rounds are interleaved; each figure is the median of its rounds. Peers come with the extra `bench`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import heapq
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "tooling"))

from kernel_cases import RIGHT, EveryStory, Phone, rings_once

from halfway.kit import CANCEL, CRASH, LOST, REFUSED, BrokenError, Unit
from halfway.links.direct import Direct
from halfway.links.pipe import Pipe
from halfway.links.virtual import run

TASKS, SLEEPS = 1_000, 100
EVERYTHING = {CANCEL, CRASH, REFUSED, LOST}


async def in_a_row(count: int, sleep) -> None:
    for _ in range(count):
        await sleep(1)


async def side_by_side(sleep) -> None:
    async def works(number: int) -> None:
        for turn in range(SLEEPS):
            await sleep(1 + (number * 7 + turn) % 13)

    await asyncio.gather(*(works(number) for number in range(TASKS)))


def ours(main: Callable[[], object]) -> None:
    run(main())


def on_loop(factory) -> Callable[[Callable[[], object]], None]:
    def go(main) -> None:
        with asyncio.Runner(loop_factory=factory) as runner:
            runner.run(main())

    return go


def peers() -> dict[str, Callable]:
    """The loops that can be had here."""
    found: dict[str, Callable] = {"halfway": ours}
    try:
        import async_solipsism

        found["async-solipsism"] = on_loop(async_solipsism.EventLoop)
    except ImportError:
        pass
    try:
        import aiotools

        def with_aiotools(main) -> None:
            async def patched() -> None:
                with aiotools.VirtualClock().patch_loop():
                    await main()

            asyncio.run(patched())

        found["aiotools"] = with_aiotools
    except ImportError:
        pass
    try:
        from looptime._internal.loops import LoopTimeEventLoop

        class Loop(LoopTimeEventLoop, asyncio.SelectorEventLoop):
            """looptime's own, mixed as it documents, without its idle cycles."""

        found["looptime"] = on_loop(lambda: Loop(start=0, noop_cycles=0))
    except ImportError:
        pass
    return found


def with_trio(count: int) -> tuple[Callable[[], None], Callable[[], None]] | None:
    try:
        import trio
        import trio.testing
    except ImportError:
        return None

    async def works(number: int) -> None:
        for turn in range(SLEEPS):
            await trio.sleep(1 + (number * 7 + turn) % 13)

    async def together() -> None:
        async with trio.open_nursery() as nursery:
            for number in range(TASKS):
                nursery.start_soon(works, number)

    def clock():
        return trio.testing.MockClock(autojump_threshold=0)

    return (
        lambda: trio.run(in_a_row, count, trio.sleep, clock=clock()),
        lambda: trio.run(together, clock=clock()),
    )


class _Sleep:
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __await__(self):
        yield self.seconds


def floor(coros: list) -> None:
    """Generators and a heap, and nothing else: what Python itself asks for."""
    heap = [(0.0, number, coro) for number, coro in enumerate(coros)]
    made = len(heap)
    while heap:
        now, _, coro = heapq.heappop(heap)
        try:
            delay = coro.send(None)
        except StopIteration:
            continue
        made += 1
        heapq.heappush(heap, (now + delay, made, coro))


async def _floor_works(number: int) -> None:
    for turn in range(SLEEPS):
        await _Sleep(1 + (number * 7 + turn) % 13)


def stories(link, source: str = RIGHT, depth: int = 3) -> int:
    """Tells every story with up to `depth` faults, and gives how many there were."""
    lines = link(source, "program")
    unit = Unit(lines)
    every_story = EveryStory(unit)
    with contextlib.suppress(BrokenError):
        rings_once(EVERYTHING, depth)(unit, every_story)
    lines.close()
    return every_story.told


def cancel_sweep() -> int:
    """Cancels one call at every await: early, late, and again during whatever follows."""
    source = """
import asyncio
async def work(phone):
    for number in range(3):
        try:
            await asyncio.wait_for(phone.ring(str(number), "x"), 30)
        finally:
            await asyncio.sleep(1)
"""
    lines = Direct(source, "program")
    unit, told = Unit(lines), 0
    for story in EveryStory(unit)({CANCEL}, 2):
        phone = Phone(story)
        with story.process() as process:
            process.run(lambda: unit.work(phone))  # noqa: B023 - called at once
        told += 1
    lines.close()
    return told


def hypothesis_search(examples: int) -> int:
    """The same world, its choices drawn by Hypothesis instead of enumerated."""
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st
    from kernel_cases import Store

    from halfway.kit import Story
    from halfway.sim import Tape

    lines = Direct(RIGHT, "program")
    unit, told = Unit(lines), 0

    class Drawn(Tape):
        """A tape whose choices are drawn."""

        def choose(self, label, options):
            return draws.draw(st.sampled_from(options))

    @settings(max_examples=examples, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def search(data) -> None:
        nonlocal draws, told
        draws, told = data, told + 1
        story = Story(unit, Drawn(), frozenset({REFUSED, LOST}), telling=False)
        phone, store = Phone(story), Store(story)
        with story.process() as process:
            process.run(lambda: unit.publish("disk-7", store, phone))
        story.until_done(lambda: unit.publish("disk-7", store, phone))
        assert len(phone.rang) == 1

    draws = None
    search()
    lines.close()
    return told


def rate(work: Callable[[], int | None], amount: int | None = None) -> float:
    began = time.perf_counter()
    done = work()
    return (amount if amount is not None else done or 0) / (time.perf_counter() - began)


def rows(quick: bool) -> list[tuple[str, dict[str, Callable[[], float]]]]:
    """What is measured: the title of a row, and how each contender does it."""
    count = 10_000 if quick else 50_000
    loops, lives = peers(), 300
    trio_runs = with_trio(count)
    sleeps = {
        name: lambda go=go: rate(lambda: go(lambda: in_a_row(count, asyncio.sleep)), count)
        for name, go in loops.items()
    }
    crowd = {
        name: lambda go=go: rate(lambda: go(lambda: side_by_side(asyncio.sleep)), TASKS * SLEEPS)
        for name, go in loops.items()
    }
    if trio_runs is not None:
        sleeps["trio MockClock"] = lambda: rate(trio_runs[0], count)
        crowd["trio MockClock"] = lambda: rate(trio_runs[1], TASKS * SLEEPS)
    sleeps["floor"] = lambda: rate(lambda: floor([in_a_row(count, _Sleep)]), count)
    crowd["floor"] = lambda: rate(lambda: floor([_floor_works(n) for n in range(TASKS)]), TASKS * SLEEPS)

    def lifetimes(go) -> Callable[[], float]:
        def work() -> None:
            for _ in range(lives):
                go(lambda: asyncio.sleep(0))

        return lambda: rate(work, lives)

    loop_lives = {name: lifetimes(go) for name, go in loops.items()}
    loop_lives["asyncio.run"] = lifetimes(lambda main: asyncio.run(main()))
    return [
        ("sleeps in a row /s", sleeps),
        (f"{TASKS:,} tasks x {SLEEPS} sleeps /s", crowd),
        ("loop lifetimes /s", loop_lives),
        ("stories /s, all with up to 3 faults", {
            "halfway direct": lambda: rate(lambda: stories(Direct)),
            "halfway pipe": lambda: rate(lambda: stories(Pipe)),
            "Hypothesis, same world": lambda: rate(lambda: hypothesis_search(100 if quick else 300)),
        }),
        ("cancel at every await, runs /s", {"halfway direct": lambda: rate(cancel_sweep)}),
    ]  # fmt: skip


def main() -> None:
    """Measures in interleaved rounds and prints the table."""
    parser = argparse.ArgumentParser(description="Ours beside peers, in one run.")
    parser.add_argument("--quick", action="store_true", help="fewer sleeps and rounds")
    quick = parser.parse_args().quick
    print(f"Python {sys.version.split()[0]}; medians of interleaved rounds; ratio: ours to theirs\n")
    for title, contenders in rows(quick):
        seen: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(2 if quick else 5):
            for name, measure in contenders.items():
                seen[name].append(measure())
        best = statistics.median(next(iter(seen.values())))
        print(title)
        for name, figures in seen.items():
            figure = statistics.median(figures)
            print(f"    {name:24s} {figure:>12,.0f}   x {best / figure:.2f}")


if __name__ == "__main__":
    main()
