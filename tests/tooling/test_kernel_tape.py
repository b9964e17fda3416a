"""Replay strings: written by the machine, typed by a person, and found again choice by choice."""

import re

import pytest

from halfway.sim import Fault, NotRepeatableError, Tape, parse_replay
from halfway.sim.tape import ToldTape
from halfway.sim.timeline import Event, Timeline

RING = ("", "the call is refused", "the reply is lost")
MEANT_FOR_A_SHELL = " \t\n'\"\\$&;|<>()[]{}*?!#`"
WAIT = ("", "cancelled", "cancelled (call 2)", "killed")


@pytest.mark.parametrize(
    ("faults", "written"),
    [
        ((), ""),
        ((Fault("ring", 1, "the reply is lost"),), "ring~1~the-reply-is-lost"),
        (
            (Fault("ring", 1, "cancelled (call 2)"), Fault("put", 12, "killed before it")),
            "ring~1~cancelled-call-2+put~12~killed-before-it",
        ),
        ((Fault("the phone: ring!", 1, "50 % lost + late"),), "the-phone:-ring~1~50-lost-late"),
    ],
    ids=["calm", "one", "two", "odd characters"],
)
def test_a_replay_string_is_one_word_of_a_shell(faults, written):
    """Whatever labels and options a port has, the string needs no quotes, and is read back as as many faults."""
    replay = Tape(faults).replay
    assert replay == written
    assert not set(replay) & set(MEANT_FOR_A_SHELL)
    assert len(parse_replay(replay)) == len(faults)


@pytest.mark.parametrize("label", ["ring", "ring the phone"])
@pytest.mark.parametrize("option", ["the reply is lost", "the-reply-is-lost"])
def test_a_typed_fault_is_found_as_the_machine_spells_it(label, option):
    """A fault from a replay string is taken at its time, with spaces or dashes."""
    tape = Tape((Fault(label.replace(" ", "-"), 2, option),))
    assert [tape.choose(label, RING) for _ in range(3)] == ["", "the reply is lost", ""]
    assert tape.missed == ()


def test_what_a_replay_string_names_and_nothing_has_is_told():
    """Faults for which there was no place, and options that nobody knows, are told as missed."""
    typed = "ring~9~the-reply-is-lost+ring~1~eaten-by-a-dog+ring~2~the-call-is-refused"
    tape = Tape(parse_replay(typed))
    assert [tape.choose("ring", RING) for _ in range(2)] == ["", "the call is refused"]
    assert "+".join(map(str, tape.missed)) == "ring~9~the-reply-is-lost+ring~1~eaten-by-a-dog"


@pytest.mark.parametrize(
    "text",
    ["ring", "ring~1", "ring~one~lost", "ring~0~lost", "ring~-1~lost", "~1~lost", "ring~1~", "ring~²~lost"],
)
def test_a_replay_string_that_cannot_be_read_is_refused_in_words(text):
    """The error says which part is wrong, and how a fault is written."""
    with pytest.raises(ValueError, match=re.escape(repr(text)) + r" is no fault.*ring~1~the-reply-is-lost"):
        parse_replay(f"put~1~killed-before-it+{text}")


def test_spaces_around_a_replay_string_do_no_harm():
    """A string that was copied with the end of its line is read all the same."""
    assert parse_replay(" ring~1~lost\n") == (Fault("ring", 1, "lost"),)
    assert parse_replay("") == ()


def _told(*choices, faults=(), parent=None, known=0):
    tape = Tape(faults, parent, known)
    return tape, [tape.choose(label, options) for label, options in choices]


def test_a_story_repeats_its_parent_up_to_its_own_last_fault():
    """Choices are known by label and occurrence, and the ones before the last fault have to come again."""
    parent, _ = _told(("ring", RING), ("wait", WAIT), ("ring", RING))
    fault = (Fault("wait", 1, "killed"),)
    tape, taken = _told(
        ("ring", RING), ("wait", WAIT), ("else", RING), faults=fault, parent=parent.log, known=2
    )
    assert taken == ["", "killed", ""]
    assert tape.was_repeated()
    with pytest.raises(NotRepeatableError, match="ring came up 1 times before, now wait comes first"):
        _told(("wait", WAIT), faults=fault, parent=parent.log, known=2)
    with pytest.raises(NotRepeatableError):
        _told(("ring", RING), ("wait", WAIT[:2]), faults=fault, parent=parent.log, known=2)
    assert not _told(("ring", RING), faults=fault, parent=parent.log, known=2)[0].was_repeated()


def test_a_subject_is_told_of_its_own_choices_alone():
    """The plan for the own choices names places counted from the next one; faults of the world are not in it."""
    tape = Tape(
        (
            Fault("which-next", 3, "2"),
            Fault("cancel-here", 1, "cancelled"),
            Fault("ring", 1, "the reply is lost"),
        )
    )
    assert tape.has_own_choices
    assert tape.coming() == [[0, 2, 2], [1, 0, 1]]
    tape.choose("which-next", ("", "1", "2"))
    tape.choose("cancel-here", ("", "cancelled"))
    assert tape.coming() == [[0, 1, 2]]
    assert not Tape((Fault("ring", 1, "the reply is lost"),)).has_own_choices


def test_what_is_told_of_a_place_of_before_moves_the_choices_made_since():
    """A story that is told knows after which events each choice came up, also if a call is told at its end."""
    tape, timeline = ToldTape(), Timeline()
    tape.told_in(timeline)
    timeline.tell(0, "your code", "process 1 starts")
    tape.choose("before it", RING)
    here = timeline.here()
    tape.choose("in it", RING)
    timeline.tell(0, "your code", "ring()")
    tape.choose("later in it", RING)
    timeline.tell_at(here, Event(0.0, "your code", "publish()", False))
    assert [event.what for event in timeline.events] == ["process 1 starts", "publish()", "ring()"]
    assert tape.places == [1, 2, 3]
