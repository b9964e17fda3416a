"""What a scenario saw that its contract does not say, and the promise that there was nothing of it."""

from dataclasses import dataclass
from typing import Any

from halfway.kit.promise import promise


@dataclass
class Wrong:
    """Something that was done and that the contract does not say: of which kind, and in words.

    Of the kind "error" is a call that the contract allows, and that raised what it does not name.
    """

    kind: str
    saw: str
    until: int | None = None
    """How many events its story had when it was seen: what comes later shows nothing of it."""


def promise_none(story: Any, *kinds: str, rule: str, ask: str) -> None:
    """Promise that nothing of these kinds was wrong in a story, which gives a list of Wrong, and no error."""
    for wrong in story.seen:
        if wrong.kind == "error":
            promise(
                False,
                saw=wrong.saw,
                rule="a call that the contract allows raises nothing that the contract does not name",
                ask="which line raises it, and what did that line take for granted?",
                story=story,
                until=wrong.until,
            )
        is_kept = wrong.kind not in kinds
        promise(is_kept, saw=wrong.saw, rule=rule, ask=ask, story=story, until=wrong.until)


def times(number: int) -> str:
    """How often, in words."""
    return {0: "not at all", 1: "once", 2: "twice"}.get(number, f"{number} times")
