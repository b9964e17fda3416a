"""What the templates of a new unit say: facts of the unit, names of its kind, and parts of other templates.

A template stands here once, for every kind. What a kind says in its own way stands in the folder of its name,
and there `$shared` is the template of the same name that all kinds share. A template whose name has no ending
is a part of others: `$phone` is what `phone.txt` says.
"""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import NamedTuple

HERE = Path(__file__).parent
SHARED = "$shared\n"


class Names(NamedTuple):
    """What is called in its own way in the unit of a kind."""

    also: str = "names_its_attempts"
    first_idea: str = "key_per_attempt"
    second_idea: str = "one_key_for_everything"
    first_promise: str = "test_a_lost_reply_does_not_ring_twice"
    def_ring: str = "async def ring"


NAMES = {
    "implement": Names(),
    "repair": Names(),
    "refactor": Names(also="sets_the_last_apart"),
    "predict": Names(
        also="counts_keys",
        first_idea="silence_means_no",
        second_idea="the_second_gets_through",
        first_promise="test_key_per_attempt_rings_as_you_say",
        def_ring="def ring",
    ),
    "write-the-test": Names(
        also="one_long_test",
        first_idea="a_lost_reply_is_an_error",
        second_idea="nobody_asks_twice",
        first_promise="test_wrong_publishers_are_refused",
    ),
}


class Words(dict[str, str]):
    """The words of one unit, by name: what is no fact of it is a part, which is read when it is asked for."""

    def __init__(self, kind: str, facts: dict[str, str]) -> None:
        super().__init__(facts, kind=kind, **NAMES[kind]._asdict())
        self._own = HERE / kind

    def __missing__(self, part: str) -> str:
        return self.filled(part).rstrip("\n")

    def filled(self, name: str) -> str:
        """Gives the text of a template, with its words."""
        own, shared = self._own / f"{name}.txt", HERE / f"{name}.txt"
        text = own.read_text(encoding="utf-8") if own.exists() else SHARED
        if SHARED in text:
            text = text.replace(SHARED, shared.read_text(encoding="utf-8"))
        return Template(text).substitute(self)
