"""Laws 9 and 10: one thing of a lawful suite or page is broken, and exactly that is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import tiny_unit as at
from tiny_unit import Tiny

PROMISE = "Refused or unheard, one incident rings the phone once."
GUIDELINE = "(`test_a_lost_reply_does_not_ring_twice`)"
PIN = "<!-- pin: test_sqlite_drops_a_repeat -->"


@pytest.fixture(scope="module")
def lawful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiny]:
    """A lawful course, made once."""
    course = Tiny(tmp_path_factory.mktemp("lawful") / "course")
    yield course
    course.close()


@pytest.fixture
def tiny(lawful: Tiny) -> Iterator[Tiny]:
    """A lawful course, restored after each test."""
    yield lawful
    lawful.restore()


@dataclass(frozen=True)
class Break:
    """One piece of a file in another's place, and what is said of it; where, if it is not in that file."""

    old: str
    new: str
    what: str
    where: str = ""


SUITE = {
    "no docstring": Break(f'    """{PROMISE}"""\n', "", "has no docstring"),
    "no full stop": Break(PROMISE, PROMISE[:-1], "does not end as a sentence"),
    "two sentences": Break(PROMISE, f"It rings. {PROMISE}", "has a docstring of more than one sentence"),
    "a wish": Break(PROMISE, "One incident should ring once.", "says what something should do"),
    "no promise": Break("    promise(\n        disk", "    print(\n        disk", "promises nothing"),
    "no rule": Break('        rule="a key names the intent",\n', "", "This promise says no Rule."),
    "an empty saw": Break('saw=f"two incidents, one key: {disk!r}"', 'saw=""', "This promise says no Saw."),
    "no question": Break("what makes two incidents differ?", "look at the key", "Its Ask is no question."),
    "an async port": Break("    def __init__", "    async def __init__", "A suite is synchronous"),
    "real time": Break(
        "from halfway.kit", "import time\n\nfrom halfway.kit", "`time`, which is real time, chance"
    ),
    "real chance": Break(
        "from halfway.kit", "import random\n\nfrom halfway.kit", "`random`, which is real time, chance"
    ),
    "an answer from a file": Break(
        "    disk, load =", "    open('ring.py')\n    disk, load =", "The suite calls `open`."
    ),
    "past the kit": Break(
        "from halfway.kit",
        "from halfway.sim import World\nfrom halfway.kit",
        "`halfway.sim`, which is behind the kit",
    ),
    "the learner's file": Break(
        "from halfway.kit",
        "import stripe\n\nfrom halfway.kit",
        "`stripe`, which a learner's machine need not have",
    ),
    "a port calls back": Break(
        "        yield 1.0\n        if fault:",
        "        self.unit.key_of(text)\n        yield 1.0\n        if fault:",
        "The port `Phone` calls the unit.",
    ),
    "one cause of a loss": Break(
        'LOST=("the request is lost", "the reply is lost")',
        'LOST="the reply is lost"',
        "a loss has one cause alone",
    ),
    "one intent": Break(
        'unit.key_of(story.name("load"))', 'unit.key_of("load")', "No test of this suite has two intents"
    ),
    "a port with another method": Break(
        "    @takes_time\n    def ring(self",
        "    serves = frozenset()\n\n    @takes_time\n    def call(self",
        "has no method `ring`",
    ),
    "a helper in reach": Break(
        "    @takes_time\n",
        "    def rung(self):\n        pass\n\n    @takes_time\n",
        "lets a learner's code call rung, which no stub shows",
    ),
    "another parameter": Break(
        "def ring(self, key, text)",
        "def ring(self, key, text, volume=1)",
        "`Phone.ring(key, text, volume=1)` is `(key, text)` in the stub",
    ),
    "a synchronous port": Break("    @takes_time\n", "", "`Phone.ring` is async in the stub alone."),
    "a port without a protocol": Break(
        "def test_two", "class Desk(Port):\n    pass\n\n\ndef test_two", "The port `Desk` has no protocol"
    ),
}
PAGE = {
    "no claim": Break("# One incident is one ring\n", "", "this one has 0"),
    "a section too few": Break("## What it costs\n\nA key.\n", "", "missing: `What it costs`"),
    "another order": Break(
        "## What a caller may believe",
        "## What it costs\n\nSome.\n\n## What a caller may believe",
        "not the page's, in its order",
    ),
    "one numbered section": Break(
        "## 2. A repeat is recognised\n\n", "", "two to four sections numbered from 1"
    ),
    "numbers that skip": Break("## 2. A repeat", "## 3. A repeat", "two to four sections numbered from 1"),
    "code by hand": Break(
        "**Reuse it.**", "```python\nring()\n```", "This block (python) is written by hand"
    ),
    "a block of no kind": Break(
        "**Reuse it.**", "~~~\nring()\n~~~", "This block (of no kind) is written by hand"
    ),
    "a program that is not there": Break(
        "output: programs/91_rings.py", "output: programs/gone.py", "no `programs/gone.py`"
    ),
    "a question below its program": Break(
        "<!-- output: programs/91_rings.py -->",
        "How often does it ring?\n\n<!-- output: programs/91_rings.py -->",
        "These words stand between `programs/91_rings.py` and its output",
    ),
    "a mutant that is not there": Break(
        "story: key_per_attempt", "story: gone", "The unit has no mutant `gone`."
    ),
    "no map": Break("<!-- map -->", "", "`## Concept position` has no `<!-- map -->`."),
    "a guideline that nothing holds": Break(GUIDELINE, "", "Nothing holds this guideline."),
    "a guideline held by no test": Break(
        "does_not_ring_twice`", "rings_once`", "no promise `test_a_lost_reply_rings_once`"
    ),
    "six guidelines": Break("- Show", "- Show it (judgement).\n" * 4 + "- Show", "The page has 6 guidelines"),
    "a pin that is not there": Break(
        "test_sqlite_drops_a_repeat", "test_gone", "No pin is named `test_gone`."
    ),
    "a claim without a pin": Break(
        "once for each key. ", "twice.\n\nIt rings. ", "has neither a pin nor a source"
    ),
    "a source that is gone": Break(
        "[The header](https://example.org/key)", "The header", "has neither a pin nor a source"
    ),
}


@pytest.mark.parametrize("name", SUITE)
def test_what_is_broken_in_a_suite_is_found_and_nothing_else(tiny: Tiny, name: str) -> None:
    """Law 9 finds the one thing that is broken, with its line."""
    case = SUITE[name]
    tiny.change(at.SUITE, case.old, case.new)
    found = tiny.findings(9)
    assert [finding.what for finding in found if case.what not in finding.what] == []
    assert found
    assert all(finding.where.startswith(at.SUITE) and finding.next for finding in found)


@pytest.mark.parametrize("name", PAGE)
def test_what_is_broken_in_a_page_is_found_and_nothing_else(tiny: Tiny, name: str) -> None:
    """Law 10 finds the one thing that is broken, with its line."""
    case = PAGE[name]
    tiny.change(at.PAGE, case.old, case.new)
    (found,) = tiny.findings(10)
    assert case.what in found.what
    assert found.where.startswith(at.PAGE)
    assert found.next


@pytest.mark.parametrize("law", [9, 10])
def test_a_lawful_unit_breaks_neither(tiny: Tiny, law: int) -> None:
    """Nothing is found in a suite and a page that keep the law."""
    assert tiny.findings(law) == []


def test_a_page_without_any_pin_is_found(tiny: Tiny) -> None:
    """What is said of real systems is not all taken from books."""
    tiny.change(at.PAGE, f" {PIN}", " [Its words](https://example.org)")
    (found,) = tiny.findings(10)
    assert found.what == "Nothing that is claimed of real systems is pinned."


def test_a_pin_is_marked_as_one(tiny: Tiny) -> None:
    """A test that holds a claim carries the mark, by itself or with its file."""
    tiny.change(at.PINS, "@pytest.mark.pin\n", "")
    (found,) = tiny.findings(10)
    assert found.what == "`test_sqlite_drops_a_repeat` is no pin: it is not marked."
    tiny.change(at.PINS, "import pytest\n", "import pytest\n\npytestmark = pytest.mark.pin\n")
    assert tiny.findings(10) == []


def test_a_directive_in_a_fence_is_an_example_of_one(tiny: Tiny) -> None:
    """What stands between fences is no heading, no directive and no claim."""
    tiny.change(at.PAGE, "**Reuse it.**", "```text\n# not a heading\n<!-- story: gone -->\n```")
    assert tiny.findings(10) == []


def test_a_protocol_needs_its_port(tiny: Tiny) -> None:
    """A protocol that the learner sees and nobody plays is found in the stub; a clock comes with the kit."""
    desk = 'class Desk(Protocol):\n    """A desk."""\n\n\n'
    tiny.change(at.STUB, "def key_of", f'{desk}class Clock(Protocol):\n    """Time."""\n\n\ndef key_of')
    (found,) = tiny.findings(9)
    assert found.what == "No port of the suite is called as the stub's protocol `Desk`."
    assert found.where.startswith(at.STUB)


def test_a_protocol_that_the_stub_follows_itself_needs_no_port(tiny: Tiny) -> None:
    """A protocol is no port when a class of the stub follows it, method by method, with its parameters."""
    policy = 'class Policy(Protocol):\n    def again(self, attempt): """Say it."""\n\n\n'
    fixed = (
        'class Fixed:\n    """One."""\n\n    def again(self, {}):\n        raise NotImplementedError\n\n\n'
    )
    tiny.change(at.STUB, "def key_of", f"{policy}{fixed.format('number')}def key_of")
    assert "No port of the suite is called as the stub's protocol `Policy`." in {
        f.what for f in tiny.findings(9)
    }
    tiny.change(at.STUB, "again(self, number)", "again(self, attempt)")
    assert "`Policy`" not in " ".join(found.what for found in tiny.findings(9))


def test_a_plain_method_that_gives_an_awaitable_takes_time(tiny: Tiny) -> None:
    """A caller awaits what such a method gives, so its port takes time."""
    plain = "    def ring(self, key: str, text: str) -> str:"
    tiny.change(at.STUB, "    async def ring(self, key: str, text: str) -> str:", plain)
    assert any("takes time, and not so in the stub" in found.what for found in tiny.findings(9))
    tiny.change(at.STUB, plain, plain.replace("-> str", "-> Awaitable[str]"))
    assert not any("takes time" in found.what for found in tiny.findings(9))


def test_the_two_causes_may_stand_apart(tiny: Tiny) -> None:
    """A request is lost in one place, a reply in another, and their texts may have names."""
    tiny.change(
        at.SUITE,
        "\n\nclass Phone",
        '\n\nLOSSES = ("the request is lost", "the reply is lost")\n\n\nclass Phone',
    )
    tiny.change(at.SUITE, 'LOST=("the request is lost", "the reply is lost")', "LOST=LOSSES")
    assert tiny.findings(9) == []


def test_a_test_may_promise_through_a_function(tiny: Tiny) -> None:
    """What several tests promise may stand in one function."""
    tiny.change(
        at.SUITE,
        "    promise(\n        disk != load,",
        "    apart(disk, load)\n\n\ndef apart(disk, load):\n    promise(\n        disk != load,",
    )
    assert tiny.findings(9) == []


def test_a_promise_that_is_only_met_as_an_error_is_found(tiny: Tiny) -> None:
    """A mutant that merely raises shows a learner no Saw, Rule and Ask, so the test is not yet told."""
    tiny.change(at.WRONG_IDEAS, 'return "ring"', 'raise KeyError("ring")')
    found = [finding for finding in tiny.findings(9) if "two_keys" in finding.what]
    assert len(found) == 1
    assert "is shown Saw, Rule and Ask, but its own error alone" in found[0].what
