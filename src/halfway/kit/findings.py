"""What a pressure found by itself, and the words in which it is told."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from halfway.kit.promise import BrokenError
from halfway.sim import pressures as names


class Finding(NamedTuple):
    """What the pressure of this name saw in a story."""

    pressure: str
    saw: str
    words: tuple[str, str] | None = None
    """Its own rule and question, where those of its pressure ask for something else."""


WORDS = {
    names.QUIET_END: (
        "when a call has ended, nothing of it goes on: no call of a port, no task, no timer",
        "what had your code begun that was not over when the call was?",
    ),
    names.LIVES_ON: (
        "a process goes on after a call that failed or was cancelled, and the next call finds it as it was",
        "what does the call before still hold, and which way out of it gives that back?",
    ),
    names.BESIDE: (
        "two calls in one process share its ports, and nothing else",
        "which name in your code stands for one thing while two calls are under way?",
    ),
    names.ASKED: (
        "what is asked while work is under way is answered as it is now",
        "where does the answer come from, and how old is it when somebody asks?",
    ),
}
"""The rule and the question of each pressure that finds something by itself."""
STANDS_STILL = (
    "while a process stands still, everybody in it waits",
    "what else goes on in this process while your code waits there?",
)
"""The words for a bystander who waited because the process slept."""
NEVER_ANSWERED = (
    "whoever only asks is answered at once, whatever else is under way",
    "what does your code hold while it waits, and who else has to wait for that?",
)
"""The words for a reader who asked while work was under way, and heard nothing."""
FINDS = tuple(WORDS)


def promise_under(story: Any, *pressures: str) -> None:
    """Promise that these pressures found nothing in the story; without names, that none did."""
    tell(story.findings, story, pressures or FINDS)


def tell(findings: Iterable[Finding], story: Any, pressures: Iterable[str]) -> None:
    """Raise BrokenError for the first finding of one of these pressures."""
    for pressure, saw, words in findings:
        if pressure in pressures:
            rule, ask = words or WORDS[pressure]
            raise BrokenError(saw, rule, ask, story)
