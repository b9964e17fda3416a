"""A story that was asked for says what else could have happened at each of its steps, and how to go there."""

from __future__ import annotations

import jsonschema
from tiny_course import TinyCourse

from halfway.grading import Grader, PromiseResult, Verdict
from halfway.grading.form import schema

CALM = "2"


def told(grader: Grader, tiny: TinyCourse, replay: str, mutant: str = "key_per_attempt") -> PromiseResult:
    """Gives the promise of one story, told again."""
    verdict = grader.grade("91", tiny.mutant(mutant), replay=replay)
    assert verdict.fault == ""
    jsonschema.validate(verdict.to_dict(), schema())
    assert Verdict.from_dict(verdict.to_dict()) == verdict
    result = verdict.replayed
    assert result is not None
    return result


def test_every_way_leads_to_a_story_with_that_fault(tiny: TinyCourse, grader: Grader) -> None:
    """From the calm story each way is a story in which this one thing goes wrong, at its step."""
    calm = told(grader, tiny, CALM)
    assert len(calm.ways) >= 3
    for way in calm.ways:
        there = told(grader, tiny, way.replay)
        assert there.timeline[: way.at] == calm.timeline[: way.at], way
        assert there.timeline[way.at].fault, way
        assert [event for event in there.timeline if event.fault] == [there.timeline[way.at]]
        assert there.note == ""


def test_what_was_chosen_can_be_taken_back(tiny: TinyCourse, grader: Grader) -> None:
    """The fault of a story is one of its ways, marked as chosen; taking it back leads to the calm story."""
    calm = told(grader, tiny, CALM)
    there = told(grader, tiny, calm.ways[0].replay)
    (chosen,) = [way for way in there.ways if way.chosen]
    assert (chosen.words, chosen.replay) == (calm.ways[0].words, CALM)
    assert told(grader, tiny, chosen.replay) == calm


def test_two_things_may_go_wrong_and_no_third(tiny: TinyCourse, grader: Grader) -> None:
    """With two faults in it a story offers others in their places, and nothing beside them."""
    one = told(grader, tiny, told(grader, tiny, CALM).ways[0].replay)
    second = next(way for way in one.ways if way.replay.count("+") == 1)
    two = told(grader, tiny, second.replay)
    assert sum(event.fault for event in two.timeline) == 2
    assert two.ways
    assert all(way.replay.count("+") <= 1 for way in two.ways)


def test_a_story_that_breaks_the_promise_says_so_wherever_it_was_found(
    tiny: TinyCourse, grader: Grader
) -> None:
    """Among the ways out of the calm story is the one that the verdict tells, and it is broken there too."""
    broken = next(p for p in grader.grade("91", tiny.mutant("key_per_attempt")).promises if not p.kept)
    assert broken.ways == ()
    number = broken.replay.partition("/")[0]
    ways = {way.replay for way in told(grader, tiny, number).ways}
    assert broken.replay in ways
    again = told(grader, tiny, broken.replay)
    assert (again.status, again.saw, again.timeline) == ("broken", broken.saw, broken.timeline)


def test_requests_and_replies_name_the_lane_at_their_other_end(tiny: TinyCourse, grader: Grader) -> None:
    """What is drawn as an arrow says so: a request, its reply, and the loss that happens between them."""
    calm = told(grader, tiny, CALM)
    kinds = [(event.kind, event.to) for event in calm.timeline if event.kind]
    assert ("request", "phone") in kinds
    lost = told(grader, tiny, next(w.replay for w in calm.ways if w.words == "the reply is lost"))
    assert ("loss", "phone") in [(event.kind, event.to) for event in lost.timeline if event.fault]
