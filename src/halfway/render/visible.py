"""Words of strangers: whoever reads them sees every character that is there, and nothing of them acts."""

from __future__ import annotations

import re
import unicodedata

UNSEEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff\U000e0000-\U000e0fff]"
)
"""What takes no room, or turns the text around, whatever its category says."""
JOINERS = "\u200c\u200d"
KEPT_SPACES = " \u3000"
EMOJI = ("So", "Sk")
FORMULA = re.compile(r"(^|[;␉\n])([ \"']*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""Where a cell begins that a spreadsheet works out, in the wide letters of East Asian keyboards as well.

A spreadsheet may split at another sign than the file means, so each piece counts as a cell.
"""


def visible(text: str, keep: str = "") -> str:
    """Gives the text with a mark for each character that cannot be seen; those in `keep` stay.

    An escape becomes `␛`, and a character that turns the text around becomes `⟨U+202E⟩`.
    """
    if text.isprintable() and not UNSEEN.search(text):
        return text
    shown, before = [], ""
    for character in text:
        shown.append(character if character in keep or _seen(character, before) else mark(character))
        before = character
    return "".join(shown)


def visible_text(text: str) -> str:
    """The same for a text of several lines."""
    return visible(text.replace("\r\n", "\n"), keep="\n\t")


def _seen(character: str, before: str) -> bool:
    if character in JOINERS:
        return _joins(before)
    if "\ufe00" <= character <= "\ufe0f":
        return bool(before) and unicodedata.category(before) in EMOJI
    if UNSEEN.match(character):
        return False
    return character.isprintable() or character in KEPT_SPACES


def _joins(before: str) -> bool:
    """Several scripts, and drawn signs, are written with joiners; between Latin letters one hides."""
    if not before:
        return False
    return (
        unicodedata.combining(before) == 9  # a virama, as in Hindi
        or unicodedata.bidirectional(before) == "AL"
        or unicodedata.category(before) in EMOJI
        or "\ufe00" <= before <= "\ufe0f"
    )


def mark(character: str) -> str:
    """Gives the sign that stands for a character that cannot be seen."""
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"⟨U+{code:04X}⟩"


def cell(text: str) -> str:
    """Gives what can stand in a table: what begins like a formula, and would be run, becomes text."""
    return FORMULA.sub(r"\1\2'", visible(text, keep="\n"))
