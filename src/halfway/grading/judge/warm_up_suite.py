"""A small suite that a spare child runs before anybody waits for it: nothing of it is told to anybody."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import Any

from halfway.kit import CANCEL, CRASH, LOST, EveryStory, Port, Unit, durable, takes_time
from halfway.links.direct import Direct

PROGRAM = """
import asyncio
from dataclasses import dataclass
from typing import Protocol

class Bell(Protocol):
    async def ring(self, key: str) -> str: ...

@dataclass(frozen=True)
class Rung:
    key: str

async def ring(key, bell, rows):
    for _ in range(2):
        try:
            async with asyncio.timeout(9):
                rows.put(key, await bell.ring(key))
            return Rung(rows.get(key))
        except TimeoutError:
            await asyncio.sleep(1)
    raise TimeoutError(key)
"""


class Bell(Port):
    """Rings, and may not be heard."""

    @takes_time
    def ring(self, key: str) -> Generator[float, None, str]:
        """Takes a second."""
        lost = self.fault("ring", LOST="the reply is lost")
        yield 1.0
        self.tell(f"rings {key}")
        if lost:
            raise TimeoutError(lost)
        return key


class Rows(Port):
    """What is durable."""

    def __init__(self, story: Any) -> None:
        super().__init__(story)
        self.rows: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        """Reads a row."""
        return self.rows.get(key)

    @durable
    def put(self, key: str, value: str) -> None:
        """Writes a row."""
        self.rows[key] = value


def test_warming() -> None:
    """Stories of every kind run once."""
    link = Direct(PROGRAM, "warming")
    unit = Unit(link)
    for story in EveryStory(unit)({CANCEL, CRASH, LOST}, depth=2):
        bell, rows = Bell(story), Rows(story)
        call = partial(unit.ring, "warm", bell, rows)
        with story.process() as process:
            process.run(call)
        story.until_done(call)
    link.close()
