"""The ways in which a wait can end early, as options of a choice."""

from functools import cache

SLOWLY = "cancelled, slowly"
"""Cancelled while a call of a port is under way, which goes on to its end, with its effect."""


@cache
def stops(calls: int, slow: bool, can_die: bool) -> tuple[str, ...]:
    """The ways in which a wait can end early.

    Each call that is under way cancelled, the first also slowly, or the process killed.
    """
    cancels = ["cancelled"] if calls else []
    cancels += [SLOWLY] if calls and slow else []
    cancels += [f"cancelled (call {place})" for place in range(2, calls + 1)]
    return ("", *cancels, *(["killed"] if can_die else []))


def which(taken: str) -> int:
    """Which call is cancelled, counted from 1."""
    return 1 if taken == "cancelled" else int(taken[len("cancelled (call ") : -1])
