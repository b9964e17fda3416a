"""What is durable."""

from collections.abc import Iterable
from typing import Any

from halfway.sim import Port, durable


class Store(Port):
    """A durable key-value store. It takes no time, and knows no errors but a wrong key's TypeError.

    CRASH: the process is killed before each write (`put`, `swap`, `delete`) or after it. `rows` is what it
    holds; `writes` lists every write that was made, in order.
    """

    raises = (TypeError,)

    def __init__(self, story: Any, rows: Iterable[tuple[str, Any]] = ()) -> None:
        super().__init__(story)
        self.rows: dict[str, Any] = dict(rows)
        self.writes: list[tuple[str, Any]] = []

    def get(self, key: str) -> Any:
        """The value under the key, or None."""
        return self.rows.get(key)

    def keys(self) -> list[str]:
        """Every key, in the order in which they were first written."""
        return list(self.rows)

    @durable
    def put(self, key: str, value: Any) -> None:
        """Write a value under a key."""
        self._write(key, value)

    @durable
    def swap(self, key: str, old: Any, new: Any) -> bool:
        """Write the new value if the old one is there (None: if nothing is); say whether it was."""
        if self.rows.get(key) != old:
            self.tell(f"{key} is {self.rows.get(key)}, not {old}: not swapped")
            return False
        self._write(key, new)
        return True

    @durable
    def delete(self, key: str) -> None:
        """Forget the key, if it is there."""
        if self.rows.pop(key, None) is not None:
            self.writes.append((key, None))
            self.tell(f"forgets {key}")

    def _write(self, key: str, value: Any) -> None:
        self.rows[key] = value
        self.writes.append((key, value))
        self.tell(f"{key} := {value}")
