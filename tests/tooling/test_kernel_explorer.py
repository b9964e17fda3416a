"""Every story once, fewest faults first; and when there are too many, that is said."""

import itertools

import pytest

from halfway.sim import CappedError, Explorer, Fault, NotRepeatableError

OPTIONS = {"a": ("", "a1"), "b": ("", "b1", "b2"), "c": ("", "c1")}


class Story:
    """A story of three choices."""

    def __init__(self, tape, faults):
        self.tape, self.kinds, self.closed = tape, faults, False

    def tell(self):
        self.taken = [self.tape.choose(label, options) for label, options in OPTIONS.items()]

    def close(self):
        self.closed = True


def told(explorer, **options):
    stories = []
    for story in explorer({"X"}, **options):
        story.tell()
        stories.append(story)
    return stories


def test_each_combination_is_told_once_and_fewer_faults_come_first():
    """None, every one, every two, every three: all of them, and none twice."""
    stories = told(Explorer(Story), depth=3)
    taken = [tuple(story.taken) for story in stories]
    assert sorted(taken) == sorted(itertools.product(*OPTIONS.values()))
    counts = [len(story.tape.faults) for story in stories]
    assert counts == sorted(counts)
    assert all(story.closed for story in stories)


@pytest.mark.parametrize(("depth", "stories"), [(0, 1), (1, 5), (2, 10), (3, 12), (9, 12)])
def test_depth_bounds_the_number_of_faults(depth, stories):
    """No story has more faults than the depth, and every story with as many is told."""
    explorer = Explorer(Story)
    assert max(len(story.tape.faults) for story in told(explorer, depth=depth)) == min(depth, 3)
    assert explorer.told == stories


def test_past_the_cap_nothing_is_proved_and_that_is_said():
    """The error says how many stories were told, and below which number of faults that was all of them."""
    explorer = Explorer(Story)
    with pytest.raises(CappedError, match="7 stories were told, and all with fewer than 2 faults") as capped:
        told(explorer, depth=3, cap=7)
    assert (capped.value.told, capped.value.depth) == (7, 2)
    assert len(told(Explorer(Story), depth=3, cap=12)) == 12


def test_a_secret_order_tells_the_same_stories():
    """Within one number of faults, any order is as good."""
    shuffled = told(Explorer(Story, order=lambda plans: plans[::-1]), depth=3)
    plain = told(Explorer(Story), depth=3)
    assert [s.taken for s in shuffled] != [s.taken for s in plain]
    assert sorted(s.taken for s in shuffled) == sorted(s.taken for s in plain)
    assert [len(s.tape.faults) for s in shuffled] == [len(s.tape.faults) for s in plain]


def turned(plans):
    plans.reverse()
    return plans


@pytest.mark.parametrize("most", [3, 7, 9, 11])
def test_a_secret_order_spreads_over_the_same_stories(most):
    """Where there are more than are told, the same ones are told in every order: so the verdict is the same."""
    plain = told(Explorer(Story), depth=3, at_most=most)
    other = told(Explorer(Story, order=turned), depth=3, at_most=most)
    assert [s.taken for s in other] != [s.taken for s in plain]
    assert sorted(s.taken for s in other) == sorted(s.taken for s in plain)


def test_with_a_replay_one_story_is_told():
    """`only` tells that story and no other, as typed."""
    stories = told(Explorer(Story, only=(Fault("b", 1, "b2"),)), depth=2)
    assert [story.taken for story in stories] == [["", "b2", ""]]


def test_a_story_that_ends_before_its_own_fault_was_not_repeated():
    """A program that goes another way when it is told again is found out, also when it does less."""
    explorer = Explorer(Story)
    with pytest.raises(NotRepeatableError, match="ended before it came to its own fault"):
        for story in explorer({"X"}):
            if explorer.told == 1:
                story.tell()
