"""Laws 5 to 7: a wrong idea is caught as its page says, some by the hidden suite alone, each test by one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import tiny_unit as at
from tiny_unit import Tiny

from halfway.links.guard import Limits
from halfway.prove import Prover, law_05_to_07_mutants, verdicts

TWO_KEYS, ONE_RING = "test_two_incidents_have_two_keys", "test_a_lost_reply_does_not_ring_twice"
KEY = 'return f"ring/{incident}"'


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


@pytest.mark.parametrize("law", [5, 6, 7])
def test_a_lawful_unit_breaks_none_of_them(tiny: Tiny, law: int) -> None:
    """Nothing is found in a unit that keeps the law."""
    assert tiny.findings(law) == []


@pytest.mark.parametrize(
    ("named", "said"),
    [
        (f"{TWO_KEYS}, {ONE_RING}", f"named and kept `{ONE_RING}`, broken and not named none"),
        (ONE_RING, f"named and kept `{ONE_RING}`, broken and not named `{TWO_KEYS}`"),
        ("test_gone", f"named and kept `test_gone`, broken and not named `{TWO_KEYS}`"),
    ],
)
def test_a_mutant_is_caught_by_what_it_says(tiny: Tiny, named: str, said: str) -> None:
    """`Caught by:` names exactly the tests that the mutant breaks."""
    tiny.change(at.WRONG_IDEAS, f"Caught by: {TWO_KEYS}", f"Caught by: {named}")
    (found,) = tiny.findings(5)
    assert found.where == at.ONE_KEY
    assert said in found.what


def test_a_mutant_names_the_story_that_is_shown_first(tiny: Tiny) -> None:
    """Behind the tests stands the story of the first of them; `--accept` writes it, and nothing else."""
    lawful = tiny.path(at.WRONG_IDEAS).read_text(encoding="utf-8")
    tiny.change(at.WRONG_IDEAS, "; first in `ring~1~the-reply-is-lost`", "")
    (found,) = tiny.findings(5)
    assert found.where == at.KEY_PER_ATTEMPT
    seen, said = "`ring~1~the-reply-is-lost`", "the story in which nothing goes wrong"
    assert found.what == f"It is first seen in {seen}, and the page says {said}."
    golden = tiny.path(at.GOLDEN).read_text(encoding="utf-8")
    with Prover(tiny.course, accept=True) as prover:
        assert [prover.findings(tiny.unit, law) for law in (5, 12)] == [[], []]
    assert tiny.path(at.WRONG_IDEAS).read_text(encoding="utf-8") == lawful
    assert tiny.path(at.GOLDEN).read_text(encoding="utf-8") == golden


def test_a_mutant_says_its_misconception(tiny: Tiny) -> None:
    """A mutant without `Caught by:` is found by its place in its page."""
    tiny.change(at.WRONG_IDEAS, f"Caught by: {TWO_KEYS}", "It is caught.")
    (found,) = tiny.findings(5)
    assert found.where == at.ONE_KEY
    assert "has to say its misconception" in found.what


def test_a_unit_has_mutants(tiny: Tiny) -> None:
    """A unit without wrong ideas is found: nothing shows that its tests can fail."""
    tiny.write(at.WRONG_IDEAS, "# The wrong ideas of ex91\n")
    assert [finding.what for finding in tiny.findings(5)] == ["The unit has no mutants."]


def test_a_mutant_is_written(tiny: Tiny) -> None:
    """NotImplementedError is no wrong idea."""
    tiny.change(at.WRONG_IDEAS, 'return "ring"', "raise NotImplementedError")
    assert f"`{TWO_KEYS}` meets NotImplementedError, which is no wrong idea." in [
        f.what for f in tiny.findings(5)
    ]


def test_a_mutant_ends(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mutant that never comes to its end is found: a limit is no promise."""
    monkeypatch.setattr(verdicts, "LIMITS", Limits(seconds=0.4))
    tiny.change(at.WRONG_IDEAS, 'return "ring"', "while True:\n+        pass")
    with Prover(tiny.course) as prover:
        found = [finding.what for finding in prover.findings(tiny.unit, 5)]
    assert any(f"`{TWO_KEYS}` is neither kept nor broken here, but out_of_time" in what for what in found)


def test_a_mutant_that_breaks_the_checker_is_found(tiny: Tiny) -> None:
    """A wrong idea on which the suite itself fails is found as a fault of the suite."""
    tiny.change(at.SUITE, "disk != load,", "disk != load if disk != load else None,")
    (found,) = tiny.findings(5)
    assert (found.where, found.next) == (
        at.ONE_KEY,
        "repair the suite: a learner's mistake is never the checker's",
    )


def test_the_examples_leave_something_to_find(tiny: Tiny) -> None:
    """Examples that catch every mutant are found: then nothing is hidden."""
    tiny.change(at.EXAMPLES, '.startswith("ring")', ' == "ring/disk-7"')
    assert tiny.findings(6) == []
    tiny.change(
        at.EXAMPLES,
        "    assert len(phone.keys)",
        '    assert "-1" not in phone.keys[0]\n    assert len(phone.keys)',
    )
    (found,) = tiny.findings(6)
    assert found.where == at.EXAMPLES
    assert "catch every mutant" in found.what


@pytest.mark.parametrize("day", [0, 1])
def test_whoever_has_its_turn_the_examples_leave_something(
    tiny: Tiny, monkeypatch: pytest.MonkeyPatch, day: int
) -> None:
    """Where a few are looked at, and the examples catch them, all are: whose day it is changes no finding."""
    monkeypatch.setattr(law_05_to_07_mutants, "A_DAY", 1)
    tiny.change(at.EXAMPLES, '.startswith("ring")', ' == "ring/disk-7"')
    with Prover(tiny.course, every=False, day=day) as prover:
        assert prover.findings(tiny.unit, 6) == []
        seen = '    assert "-1" not in phone.keys[0]\n    assert len(phone.keys)'
        tiny.change(at.EXAMPLES, "    assert len(phone.keys)", seen)
        assert ["catch every mutant" in found.what for found in prover.findings(tiny.unit, 6)] == [True]


def test_every_hidden_test_has_its_mutant(tiny: Tiny) -> None:
    """A test that no mutant breaks is found, with its line."""
    tiny.remove_mutant("one_key_for_all")
    (found,) = tiny.findings(7)
    assert found.where == f"{at.SUITE}:42"
    assert found.what == f"No mutant breaks `{TWO_KEYS}`, so nothing shows that it can fail."
