"""Where a file has lost an `async` that the stub has, that is said before any story; of others nothing is."""

from __future__ import annotations

import ast

import pytest

from halfway.grading.judge import slips
from halfway.grading.judge.endings import STUB_RULE, Ending
from halfway.grading.verdict import PromiseResult
from halfway.kit import Contract
from halfway.kit.lost_async import lost
from halfway.kit.shape import Shape
from halfway.render.text import promise_text

STUB = """
class Export:
    async def run(self) -> None: ...
    def outcome(self) -> str: ...

async def export(ids: list[str]) -> None: ...
"""
PLAIN = Shape("def")
SHAPES = {"Export": Shape("class", methods={"run": PLAIN, "outcome": PLAIN}), "export": Shape("async def")}


def _said(source: str) -> str:
    contract = Contract.of(ast.parse(STUB))
    found = lost(contract, SHAPES, source)
    return found[0] if found else ""


def test_a_plain_method_that_gives_nothing_has_lost_its_async() -> None:
    """Its line is told, and how the stub has it."""
    source = "class Export:\n    def run(self):\n        self.archive.append(1)\n"
    assert _said(source) == "`Export.run` is a plain `def` (line 2), and the stub's is `async def run()`"


@pytest.mark.parametrize(
    "body",
    [
        "return self.archive.append(1)",
        "yield from self.archive.append(1)",
        "raise NotImplementedError",
    ],
)
def test_what_may_give_an_awaitable_or_is_unwritten_is_left_alone(body: str) -> None:
    """A plain function may give what its callers await."""
    assert not _said(f"class Export:\n    def run(self):\n        {body}\n")


@pytest.mark.parametrize(
    "source",
    [
        "class Export:\n    @tried\n    def run(self):\n        pass\n",
        "class Export:\n    def run(self):\n        pass\n    async def run(self):\n        pass\n",
        "from elsewhere import Export\n",
    ],
)
def test_what_is_bound_by_something_else_is_left_alone(source: str) -> None:
    """A decorator, a later definition or an import may make it what the stub says."""
    assert not _said(source)


def test_a_warning_of_pythons_is_shown_whole() -> None:
    """It goes on in the next line, and what Python says of its own debugging is left out."""
    warning = "export.py:77: RuntimeWarning: coroutine 'Archive.append' of a long name was never awaited"
    of_no_use = "RuntimeWarning: Enable tracemalloc to get the object allocation traceback"
    result = PromiseResult("a", "A promise.", "broken", saw="it broke", output=f"{warning}\n{of_no_use}\n")
    shown = promise_text(result, "21")
    assert " ".join(shown.split("your code printed")[1].split()) == warning


def test_a_lost_async_is_the_first_line() -> None:
    """A call without its `await` comes of it, and cannot be mended while the `async` is missing."""
    facts = slips.Facts(unawaited=[(77, "append")])
    saw = _said("class Export:\n    def run(self):\n        self.archive.append(1)\n")
    assert slips.told(Ending("broken", saw, STUB_RULE), facts, "", "").saw == saw
    assert slips.told(Ending("broken", "none is there"), facts, "", "").saw.startswith(
        "line 77 calls append()"
    )
