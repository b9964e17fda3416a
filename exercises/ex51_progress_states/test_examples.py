"""Examples for ex51: what moves, publishes and recovers when little goes wrong."""

import asyncio

import pytest

from halfway.kit import run
from recover import IllegalMove, State, move, publish, recover


class Table:
    """A table of markers that lives in a dictionary."""

    def __init__(self, **rows: State) -> None:
        self.rows = rows

    async def ids(self) -> list[str]:
        return list(self.rows)

    async def read(self, alert_id: str) -> State:
        return self.rows[alert_id]

    async def swap(self, alert_id: str, old: State, new: State) -> bool:
        was_old = self.rows[alert_id] is old
        if was_old:
            self.rows[alert_id] = new
        return was_old


class RecordingPhone:
    """A phone that takes two seconds for a call and remembers for whom it rang."""

    def __init__(self, *rang: str) -> None:
        self.rang = list(rang)

    async def ring(self, alert_id: str) -> None:
        await asyncio.sleep(2)
        self.rang.append(alert_id)

    async def has_rung(self, alert_id: str) -> bool:
        return alert_id in self.rang


def test_a_pending_alert_rings_and_is_published() -> None:
    """The phone rings, and the marker says so."""
    table, phone = Table(disk=State.PENDING), RecordingPhone()
    assert run(publish("disk", table, phone)) is State.PUBLISHED
    assert table.rows == {"disk": State.PUBLISHED}
    assert phone.rang == ["disk"]


def test_a_published_alert_is_left_alone() -> None:
    """Publishing again tells you the state and rings nobody."""
    table, phone = Table(disk=State.PUBLISHED), RecordingPhone("disk")
    assert run(publish("disk", table, phone)) is State.PUBLISHED
    assert phone.rang == ["disk"]


def test_what_has_rung_does_not_wait_again() -> None:
    """The way back from published is refused, and nothing is written."""
    table = Table(disk=State.PUBLISHED)
    with pytest.raises(IllegalMove):
        run(move("disk", State.PUBLISHED, State.PENDING, table))
    assert table.rows == {"disk": State.PUBLISHED}


def test_recovery_asks_the_phone() -> None:
    """The process died after the phone rang for disk; the next one finds out."""
    table = Table(disk=State.IN_PROGRESS, cpu=State.PENDING)
    phone = RecordingPhone("disk")
    assert run(recover(table, phone)) == {"disk": State.PUBLISHED, "cpu": State.PENDING}
    assert table.rows == {"disk": State.PUBLISHED, "cpu": State.PENDING}
