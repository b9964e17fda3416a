"""Equal runs are equal: whatever the heap looks like, under every hash seed."""

import asyncio
import random
import subprocess
import sys
from pathlib import Path

import pytest

from halfway.links.virtual import run


async def _abort_of_a_task_group(log: list[int]) -> None:
    async def waits(number: int) -> None:
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            log.append(number)
            raise

    async def fails() -> None:
        await asyncio.sleep(1)
        raise ValueError

    try:
        async with asyncio.TaskGroup() as group:
            for number in range(6):
                group.create_task(waits(number))
            group.create_task(fails())
    except* ValueError:
        log.append(-1)


async def _what_wait_gives(log: list[int]) -> None:
    async def works(number: int) -> int:
        await asyncio.sleep(5)
        return number

    done, _ = await asyncio.wait([asyncio.create_task(works(n)) for n in range(6)])
    log.extend(task.result() for task in done)


async def _as_completed(log: list[int]) -> None:
    async def works(number: int) -> int:
        await asyncio.sleep(5)
        return number

    log.extend([await first for first in asyncio.as_completed([works(n) for n in range(6)])])


async def _tasks_left_over(log: list[int]) -> None:
    async def works(number: int) -> None:
        try:
            await asyncio.sleep(100)
        finally:
            log.append(number)

    left = [asyncio.create_task(works(n)) for n in range(6)]
    await asyncio.sleep(1)
    del left


PROGRAMS = (_abort_of_a_task_group, _what_wait_gives, _as_completed, _tasks_left_over)


def orders(program, runs):
    """The different logs of so many equal runs, with another heap for each."""
    chance, junk, seen = random.Random(7), [], set()
    for _ in range(runs):
        junk.append([object() for _ in range(chance.randrange(200))])
        if len(junk) > 20:
            del junk[chance.randrange(20)]
        log = []
        run(program(log))
        seen.add(tuple(log))
    return seen


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_a_thousand_equal_runs_have_one_result(program):
    """asyncio keeps tasks in sets; here their order is that in which they were made, a thousand times
    over.
    """
    seen = orders(program, 1_000)
    assert len(seen) == 1
    assert len(seen.pop()) >= 6


PRINT = """
import sys
sys.path[:0] = {paths!r}
import test_kernel_determinism as cases
print([sorted(cases.orders(program, 3)) for program in cases.PROGRAMS])
"""


def test_another_hash_seed_changes_nothing():
    """Under five hash seeds, in five processes, the same programs have the same result."""
    paths = [str(Path(__file__).parent), *sys.path]
    said = {
        subprocess.run(
            [sys.executable, "-c", PRINT.format(paths=paths)],
            capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": str(seed)},
        ).stdout
        for seed in range(5)
    }  # fmt: skip
    assert len(said) == 1
    assert said.pop().count("(") == len(PROGRAMS)
