"""How a verdict is written where it is read: which signs can be, and what `halfway` is typed as there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from halfway.render.strokes import Pen

SIGNS = {
    "kept": "✓",
    "broken": "✗",
    "not_proved": "?",
    "not_reached": "·",
    "out_of_time": "✗",
    "out_of_memory": "✗",
    "too_much_output": "✗",
    "checker_fault": "!",
}
WORDS = {
    "kept": "kept      ",
    "broken": "broken    ",
    "not_proved": "not proved",
    "not_reached": "-         ",
    "out_of_time": "broken    ",
    "out_of_memory": "broken    ",
    "too_much_output": "broken    ",
    "checker_fault": "!         ",
}
"""What stands for the signs where they cannot be written."""


@dataclass(frozen=True)
class Manner:
    """Signs or words for how a promise ended, how the command is typed, and how stories are drawn.

    A story has arrows where there is a pen, and is `wide` columns wide where texts are narrower.
    """

    marks: Mapping[str, str] = field(default_factory=lambda: SIGNS)
    halfway: str = "halfway"
    pen: Pen | None = None
    wide: int = 0


USUAL = Manner()
