"""Laws 16 to 19: a suite kinder than the world, a call outside of the contract, words without a check."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import tiny_unit as at
from tiny_unit import Tiny

from halfway import kit
from halfway.prove import prove

STORIES = "every_story({REFUSED, LOST}, depth=2)"
RUN = "process.run(lambda: unit.publish(incident, phone))"
ROW = "| returns | yes (`test_a_lost_reply_does_not_ring_twice`) |"

TAKEN_PART_IN = {
    "asked at any time": "asking=...",
    "between two lines": "Clock or Database or FakeClock or Lane or Table",
    "clocks of their own": "Clock or FakeClock",
    "elsewhere": "other_machine",
    "somebody is beside it": "beside=...",
    "the process lives on": "process.again(...)",
    "the whole family of errors": "Remote or Phone or Table",
    "values of the domain": "words_of or numbers_of",
}
"""The pressures that want something of a suite, and what."""

SCENARIO = '''

def one_incident(unit, story):
    """One incident, and how often the phone has rung."""
    phone, incident = Phone(story), story.name("disk")
    with story.process() as process:
        process.run(unit.publish.later(incident, phone))
    return len(phone.receipts)


def test_one_incident_rings_at_most_once(unit, every_story):
    """One incident rings at most once."""
    for story in every_story(one_incident, depth=1):
        promise(story.seen < 2, saw="two", rule="once", ask="why?", story=story)
'''


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


def switched_on(tiny: Tiny, pressure: str) -> None:
    """Takes a pressure out of those that the suite is not under."""
    text = tiny.path(at.SUITE).read_text(encoding="utf-8")
    (line,) = [one for one in text.splitlines(keepends=True) if one.startswith(f'    "{pressure}": ')]
    tiny.change(at.SUITE, line, "")


def saw(tiny: Tiny, law: int) -> list[str]:
    """Gives what one law says."""
    return [finding.what for finding in tiny.findings(law)]


@pytest.mark.parametrize("law", [16, 17, 18, 19])
def test_a_lawful_unit_breaks_none(tiny: Tiny, law: int) -> None:
    """Nothing is found in a suite and a page that keep the law."""
    assert tiny.findings(law) == []


# ---- law 16


@pytest.mark.parametrize("pressure", TAKEN_PART_IN)
def test_a_pressure_that_is_neither_met_nor_switched_off_is_found(tiny: Tiny, pressure: str) -> None:
    """Whoever takes a reason out of WITHOUT has to take part in that pressure."""
    switched_on(tiny, pressure)
    found = tiny.findings(16)
    assert found[0].what == f"The suite is not under {pressure!r}: nothing in it takes part."
    assert found[0].next == f"use {TAKEN_PART_IN[pressure]}, or give the reason in WITHOUT"
    assert found[0].where == at.SUITE


def test_a_port_of_the_same_name_is_not_the_kits(tiny: Tiny) -> None:
    """A suite that has a class Phone of its own is not under the errors of the kit's; one built on it is."""
    switched_on(tiny, "the whole family of errors")
    assert "class Phone(Port)" in tiny.path(at.SUITE).read_text(encoding="utf-8")
    assert len(tiny.findings(16)) == 1
    tiny.change(at.SUITE, "REFUSED, Port,", "REFUSED, ports,")
    tiny.change(at.SUITE, "(Port)", "(ports.Remote)")
    assert saw(tiny, 16) == [
        "The suite is under 'the whole family of errors', and none of its errors is a group."
    ]
    tiny.append(at.SUITE, '\nODD = ports.odd_ways("the call")\n')
    assert saw(tiny, 16) == []


def test_a_process_is_asked_again_after_every_way_of_ending(tiny: Tiny) -> None:
    """To ask again once is not enough: each ending has an after of its own."""
    switched_on(tiny, "the process lives on")
    tiny.change(at.SUITE, STORIES, STORIES.replace("2", "3"))
    again = RUN.replace("run(", "again(")
    tiny.change(at.SUITE, RUN, f'if {RUN}.kind == "returned":\n                {again}')
    assert saw(tiny, 16) == ["No process was asked again after a call that raised."]
    tiny.change(at.SUITE, ' == "returned"', "")
    assert saw(tiny, 16) == []


def test_kinds_of_fault_that_do_not_meet_are_found(tiny: Tiny) -> None:
    """Each two kinds that the ports know meet, and two cancels; that nobody tells of a kind is no way out."""
    switched_on(tiny, "kinds meet")
    met = ["LOST and REFUSED"]
    missed = ["CANCEL and CANCEL", "CANCEL and CRASH", "CANCEL and LOST", "CANCEL and REFUSED"]
    missed += ["CRASH and LOST", "CRASH and REFUSED"]
    assert saw(tiny, 16) == [f"In no story {two} meet." for two in missed]
    tiny.change(at.SUITE, STORIES, STORIES.replace("2", "1"))
    assert saw(tiny, 16) == [f"In no story {two} meet." for two in sorted(missed + met)]
    tiny.change(at.SUITE, "WITHOUT = {", 'WITHOUT = {\n    "kinds meet: CRASH and LOST": "it has no state",')
    assert "In no story CRASH and LOST meet." not in saw(tiny, 16)


def test_what_waits_in_a_scenario_needs_a_promise(tiny: Tiny) -> None:
    """What a pressure finds in a scenario is told by promise_under, and by nothing else."""
    tiny.append(at.SUITE, SCENARIO)
    assert saw(tiny, 16) == [f"No promise answers for what {kit.QUIET_END!r} finds by itself."]
    tiny.change(at.SUITE, "Port, promise,", "Port, promise, promise_under, QUIET_END,")
    tiny.change(at.SUITE, "depth=1):\n", "depth=1):\n        promise_under(story, QUIET_END)\n")
    assert saw(tiny, 16) == []


@pytest.mark.parametrize(
    ("reason", "what"),
    [
        ('"elsewhere": "no"', "WITHOUT gives no reason for 'elsewhere'."),
        ('"on the moon": "there is no air"', "WITHOUT names 'on the moon', which is no pressure."),
        ('"kinds meet: LOST and TIRED": "it never is"', "which is no pressure."),
    ],
)
def test_what_is_switched_off_has_a_name_and_a_reason(tiny: Tiny, reason: str, what: str) -> None:
    """A reason has three words, and a name is one of the sixteen, or of two kinds that the ports know."""
    switched_on(tiny, "elsewhere")
    tiny.change(at.SUITE, "WITHOUT = {", f"WITHOUT = {{\n    {reason},")
    assert any(what in one for one in saw(tiny, 16))


def test_what_is_switched_off_is_printed(tiny: Tiny) -> None:
    """`halfway prove` says which pressures a suite is not under, and why, also when nothing is found."""
    told = str(prove(course=tiny.course, laws=[16]))
    assert told.startswith(f"{at.SLUG} is not under\n  asked at any time: nothing in this unit only reads\n")
    assert told.endswith("\n\nEvery law is kept.")


@pytest.mark.parametrize("name", [at.SUITE, at.STUB, at.SOLUTION])
@pytest.mark.parametrize("text", ["def test_(:\n", "import nowhere_at_all\n"])
def test_a_file_that_cannot_be_run_is_a_finding(tiny: Tiny, name: str, text: str) -> None:
    """What keeps the suite from running is told, and the other laws are looked at all the same."""
    tiny.write(name, text)
    assert all(finding.next and finding.where for law in (16, 17) for finding in tiny.findings(law))
    if name == at.SUITE:
        (found,) = tiny.findings(16)
        assert found.where.startswith(at.SUITE)


# ---- law 17


@pytest.mark.parametrize(
    ("said", "given", "kept"),
    [
        ("incident: an int of 1 or more.", "unit.key_of(0)", False),
        ("incident: an int of 1 or more.", "unit.key_of(incident=True)", False),
        ("incident: an int of 1 or more.", "unit.key_of(1)", True),
        ("incident: a str of 1 to 4 printable ASCII characters.", 'unit.key_of("disks")', False),
        ("incident: a str of 1 to 4 printable ASCII characters.", 'unit.key_of("dïsk")', False),
        ("incident: a str of 1 to 4 printable ASCII characters.", 'unit.key_of("disk")', True),
        ("incident: a str, in any script.", "unit.key_of(incident=7)", False),
        ("incident: a str, in any script.", 'unit.key_of("")', True),
    ],
)
def test_a_value_that_the_stub_excludes_is_found(tiny: Tiny, said: str, given: str, kept: bool) -> None:
    """A suite calls with what the contract allows: whoever keeps to it is never refused."""
    give = '"""Give the key of an incident.'
    tiny.change(at.STUB, f'{give}"""', f'{give}\n\n    {said}\n    """')
    start = tiny.path(at.SUITE).read_text(encoding="utf-8").index("def test_two")
    tiny.write(at.SUITE, tiny.path(at.SUITE).read_text(encoding="utf-8")[:start])
    tiny.append(at.SUITE, f'def test_a_key(unit, story):\n    """A key is made."""\n    {given}\n')
    found = saw(tiny, 17)
    if kept:
        assert found == []
    else:
        (what,) = found
        assert what.startswith("The suite calls key_of with incident=")
        assert what.endswith(f"and the stub says `{said}`.")


# ---- law 18


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("| returns | yes |", "A row of what a caller may believe does not say what checks it."),
        ("| returns | yes (`test_gone`) |", "A row names `test_gone`, and the suite has no such promise."),
    ],
)
def test_a_row_that_nothing_checks_is_found(tiny: Tiny, row: str, what: str) -> None:
    """Each row names a promise of the suite, and is found with its line."""
    lines = tiny.path(at.PAGE).read_text(encoding="utf-8").splitlines()
    tiny.change(at.PAGE, ROW, row)
    (found,) = tiny.findings(18)
    assert (found.what, found.where) == (what, f"{at.PAGE}:{lines.index(ROW) + 1}")


def test_a_row_may_be_a_judgement(tiny: Tiny) -> None:
    """What no suite can check says so."""
    tiny.change(at.PAGE, ROW, "| returns | yes (judgement) |")
    assert tiny.findings(18) == []


def test_what_a_caller_may_believe_is_a_table(tiny: Tiny) -> None:
    """In running text nobody sees what is checked."""
    text = tiny.path(at.PAGE).read_text(encoding="utf-8")
    table = text[text.index("| publish |") : text.index("## What it costs")]
    tiny.change(at.PAGE, table, "It rang.\n\n")
    assert saw(tiny, 18) == ["What a caller may believe is no table, so nothing says what checks it."]


# ---- law 19

OWN = "- Ring for an incident and give the receipt; try three times.\n"
HELD = f"{OWN}  `test_a_lost_reply_does_not_ring_twice`\n"


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ("", f"Nothing says what holds this sentence of `publish`: {OWN[2:-1]}"),
        (OWN, f"This sentence of `publish` names no promise: {OWN[2:-1]}"),
        (f"{OWN}  `test_gone`\n", "A sentence names `test_gone`, and the suite has no such promise."),
        (f"{HELD}- It sings. (judgement)\n", "`publish` does not say this in the stub: It sings."),
    ],
)
def test_a_sentence_that_nothing_holds_is_found(tiny: Tiny, told: str, what: str) -> None:
    """Each sentence of a contract stands in the notes word for word, with the promise that holds it."""
    tiny.change(at.NOTES, HELD, told)
    assert saw(tiny, 19) == [what]


def test_a_new_sentence_of_a_contract_is_found(tiny: Tiny) -> None:
    """Whoever promises more in the stub has to say what checks it, line breaks or not; parameters aside."""
    more = (
        "try three times.\n\n    incident: a str.\n    It takes as long\n    as it takes. Nobody else rings."
    )
    tiny.change(at.STUB, "try three times.", more)
    what = "Nothing says what holds this sentence of `publish`:"
    assert saw(tiny, 19) == [f"{what} It takes as long as it takes.", f"{what} Nobody else rings."]


def test_a_sentence_may_be_a_judgement(tiny: Tiny) -> None:
    """What no suite can tell says so; a row of the page may hold the promise in its place."""
    tiny.change(at.NOTES, HELD, f"{OWN}  (judgement)\n")
    assert saw(tiny, 19) == []


def test_a_promise_without_a_sentence_is_found(tiny: Tiny) -> None:
    """A learner is not held to what nobody wrote down."""
    tiny.change(at.NOTES, "`test_two_incidents_have_two_keys`", "(judgement)")
    assert saw(tiny, 19) == ["`test_two_incidents_have_two_keys` holds no sentence that a learner can read."]
