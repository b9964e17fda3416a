"""Code of callers that sees a coroutine which somebody made and nobody awaited."""

from typing import Any


class NeverAwaited:
    """While it is entered, it keeps the last names of coroutines that were thrown away before they began.

    Python warns of one when it is collected. It is a part for `callers`.
    """

    def __init__(self) -> None:
        self.names: list[str] = []

    def __enter__(self) -> "NeverAwaited":
        import warnings

        self._before: Any = warnings.catch_warnings()
        self._before.__enter__()
        warnings.simplefilter("always")
        shows: Any = self._hear
        warnings.showwarning = shows
        return self

    def __exit__(self, *error: object) -> None:
        self._before.__exit__(*error)

    def _hear(self, warning: Warning | str, *where: object) -> None:
        import re

        named = re.match(r"coroutine '(?:.*\.)?(.*)' was never awaited", str(warning))
        if named:
            self.names.append(named[1])
