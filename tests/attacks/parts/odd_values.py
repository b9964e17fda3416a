"""Values that nobody expects, one after the other."""

from itertools import cycle as _cycle


def _deep():
    found = []
    for _ in range(30):
        found = [found]
    return found


_odd = _cycle(
    [
        [], {}, {1: [2]}, 10**3000, -1, float("nan"), float("inf"), "\ud800", "\x00\x1b[2J", b"\xff", {1}, frozenset(),
        None, True, object(), type, len, ..., range(3), 1j, _deep(), Exception("odd"), "x" * 200_000, "", (), [[], []],
    ]
)


def odd():
    return next(_odd)
