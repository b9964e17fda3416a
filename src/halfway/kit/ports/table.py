"""A durable table that several processes write, each statement on its own."""

from collections.abc import Callable, Generator, Sequence
from typing import Any

from halfway.kit.ports.failures import writes
from halfway.kit.ports.remote import Remote

STATEMENTS = writes("the statement", "it is written", "it was written", refused=None, lost=())
STATEMENT_S = 0.01


class Table(Remote):
    """Rows that are durable. A statement takes 10 ms, and is whole or not at all.

    `rows` is what it holds, `written` lists every write as (key, old, new). `meanwhile` is what somebody else
    writes on another machine: the first value of a key just before the next swap of it, the second just
    before the next reading after that, and so on. The table fails in ways that nobody declared alone.
    """

    def __init__(
        self, story: Any, rows: dict[str, Any], meanwhile: dict[str, Sequence[Any]] | None = None
    ) -> None:
        super().__init__(story)
        self.rows = dict(rows)
        self.written: list[tuple[str, Any, Any]] = []
        self._to_swap = {key: list(values) for key, values in (meanwhile or {}).items()}
        self._to_read: dict[str, list[Any]] = {}
        for key, value in self.rows.items():
            self.tell(f"{key} is {self.shown(value)}")

    def shown(self, value: Any) -> str:
        """A value of this table, in a sentence."""
        return str(value)

    def reading(self, effect: Callable[[], Any]) -> Generator[float, None, Any]:
        """A statement that reads."""
        yield STATEMENT_S
        return effect()

    def writing(self, label: str, effect: Callable[[], Any]) -> Generator[float, None, Any]:
        """A statement that writes."""
        return (yield from self.request(label, STATEMENTS, effect, before_s=STATEMENT_S, after_s=0))

    def value(self, key: str) -> Any:
        """What the row is now. Raises KeyError for no row."""
        if self._to_read.get(key):
            self._somebody_writes(key, self._to_read[key].pop(0))
        return self.rows[key]

    def swapped(self, key: str, old: Any, new: Any) -> bool:
        """Write `new` if the row is `old` now, and say whether it was. Raises KeyError for no row."""
        if self._to_swap.get(key):
            first, *rest = self._to_swap.pop(key)
            self._to_read[key] = rest
            self._somebody_writes(key, first)
        if self.rows[key] != old:
            self.tell(f"{key} is {self.shown(self.rows[key])}, so it is not swapped")
            return False
        self.rows[key] = new
        self.written.append((key, old, new))
        self.tell(f"{key}: {self.shown(old)} -> {self.shown(new)}")
        return True

    def _somebody_writes(self, key: str, value: Any) -> None:
        self.rows[key] = value
        self.tell(f"another machine writes: {key} is {self.shown(value)}")
