"""The promises of a unit are a fixed list: missing, skipped, renamed or extra tests are never a pass."""

from __future__ import annotations

import pytest
from tiny_course import TinyCourse

from halfway.grading import Grader, Verdict
from halfway.render.text import verdict_text

FIRST = "def test_a_key_says_which_incident_it_is(unit, story):"


def _graded(tiny: TinyCourse, grader: Grader, right: str, wrong: str) -> Verdict:
    """Gives the verdict on the right answer by a suite with one piece changed."""
    suite = tiny.suite.read_text(encoding="utf-8")
    assert right in suite
    tiny.suite.write_text(suite.replace(right, wrong), encoding="utf-8")
    return grader.grade("91", tiny.solutions)


def _is_our_fault(verdict: Verdict) -> None:
    assert not verdict.passed
    assert verdict.fault
    shown = verdict_text(verdict)
    assert "The checker itself failed; this is not your code." in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize(
    "mark",
    [
        "import pytest\n@pytest.mark.skip\n",
        "import pytest\n@pytest.mark.skipif(True, reason='no')\n",
        "import pytest\n@pytest.mark.xfail\n",
    ],
)
def test_a_mark_makes_no_test_pass(tiny: TinyCourse, grader: Grader, mark: str) -> None:
    """A skip or xfail on a test changes nothing: it is run, and judged by how it ended."""
    verdict = _graded(tiny, grader, FIRST, mark + FIRST)
    assert verdict.passed
    tiny.write_with('return f"ring/{incident}"', "return 'ring'")
    assert grader.grade("91").promises[0].status == "broken"


@pytest.mark.parametrize("call", ["skip('no')", "xfail('no')", "exit('no')", "fail('no')"])
def test_a_test_that_calls_it_off_is_our_fault(tiny: TinyCourse, grader: Grader, call: str) -> None:
    """A test that ends itself in any of pytest's ways is no kept promise."""
    doc = '    """The key of an incident holds its name."""\n'
    verdict = _graded(tiny, grader, doc, f"{doc}    import pytest\n    pytest.{call}\n")
    assert verdict.promises[0].status == "checker_fault"
    _is_our_fault(verdict)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (FIRST, "def test_kept(): pass\ndel test_kept\n" + FIRST),
        ('"""What is checked for ex91."""', '"""What is checked for ex91."""\n__test__ = False'),
        ('"""What is checked for ex91."""', 'import pytest\npytest.skip("no", allow_module_level=True)'),
    ],
)
def test_a_promise_that_never_runs_is_our_fault(
    tiny: TinyCourse, grader: Grader, right: str, wrong: str
) -> None:
    """A promise in the file that pytest does not run is told as a fault of the checker."""
    verdict = _graded(tiny, grader, right, wrong)
    assert any(p.status == "checker_fault" for p in verdict.promises)
    _is_our_fault(verdict)


def test_a_test_that_is_in_no_list_is_our_fault(tiny: TinyCourse, grader: Grader) -> None:
    """A test that comes into being while the suite is imported is no promise of the unit."""
    verdict = _graded(tiny, grader, FIRST, "globals()['test_extra'] = lambda: None\n" + FIRST)
    assert "test_extra" in verdict.fault
    _is_our_fault(verdict)


def test_a_test_in_a_class_is_our_fault(tiny: TinyCourse, grader: Grader) -> None:
    """A suite says its promises at its top level; what stands in a class is in no list."""
    extra = 'class TestMore:\n    def test_inner(self):\n        """Inner."""\n\n'
    _is_our_fault(_graded(tiny, grader, FIRST, extra + FIRST))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("name in key,", "1 if name in key else 0,"),
        ("name = story.name", "assert False\n    name = story.name"),
        ("key = unit.key_of(name)", "key = undefined_name"),
        ("(unit, story)", "(unit, story, no_such_fixture)"),
        ("import CANCEL, CRASH,", "import CANCEL, CRUSH as CRASH,"),
        ('"""What is checked for ex91."""', "def ("),
    ],
)
def test_a_mistake_of_the_suite_is_told_as_ours(
    tiny: TinyCourse, grader: Grader, right: str, wrong: str
) -> None:
    """Whatever is wrong with the suite, the learner is told that it is not their code."""
    if wrong == "def (":
        tiny.suite.write_text(tiny.suite.read_text() + "\nx = 1 +\n", encoding="utf-8")
        from halfway.catalog import BadUnit

        with pytest.raises(BadUnit):
            grader.grade("91", tiny.solutions)
        return
    verdict = _graded(tiny, grader, right, wrong)
    assert not any(p.status == "broken" for p in verdict.promises)
    _is_our_fault(verdict)


def test_a_mistake_of_a_port_is_told_with_the_call_that_met_it(tiny: TinyCourse, grader: Grader) -> None:
    """A port may fail over what it was given, so that is told as a call, and is no fault of ours."""
    wrong = "self.rung.setdefault(key, [])"
    verdict = _graded(tiny, grader, "self.rang.setdefault(key, [])", wrong)
    broken = [p for p in verdict.promises if p.status == "broken"]
    assert broken
    assert not any(p.status == "checker_fault" for p in verdict.promises)
    assert "ring(" in broken[0].saw


def test_a_promise_checked_in_several_cases_is_kept_if_all_are(tiny: TinyCourse, grader: Grader) -> None:
    """A parametrized test is one promise: its cases count together."""
    cases = "import pytest\n@pytest.mark.parametrize('what', ['disk', 'load'])\n"
    changed = cases + FIRST.replace("story)", "story, what)")
    verdict = _graded(tiny, grader, FIRST, changed)
    assert verdict.passed
    assert (len(verdict.promises), verdict.promises[0].stories) == (3, 2)
    tiny.suite.write_text(
        tiny.suite.read_text().replace('story.name("disk")\n    key', "story.name(what)\n    key")
    )
    tiny.write_with(
        'return f"ring/{incident}"', "return f'ring/{incident}' if 'disk' in incident else 'ring'"
    )
    assert [p.status for p in grader.grade("91").promises] == ["broken", "kept", "kept"]


def test_more_stories_than_the_cap_are_not_proved(tiny: TinyCourse, grader: Grader) -> None:
    """Past the cap a promise is not proved, which is no pass."""
    verdict = _graded(tiny, grader, "LOST}, depth=2)", "LOST}, depth=2, cap=20)")
    assert verdict.promises[1].status == "not_proved"
    assert verdict.promises[1].saw.startswith("20 stories kept it, among them every story with fewer than 2")
    assert not verdict.passed
    assert not verdict.fault
