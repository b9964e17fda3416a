"""Each pressure finds a program that no other one finds: kept with that pressure off, broken with it on."""

import sys
from contextlib import closing
from textwrap import dedent

import pytest
from pressed_programs import (
    ANSWERS_ODDLY,
    DOES_NOT_WAIT_FOR_WHAT_IT_STOPS,
    GIVES_UP_AFTER_A_DAY,
    KEEPS_ITS_LOCK,
    KNOWS_TWO_ERRORS_BY_NAME,
    ONE_AT_A_TIME,
    RIGHT,
    RINGS_LATER,
    STOPS_IN_ITS_OWN_WORDS,
    TAKES_A_TIMEOUT_FOR_A_CANCEL,
    TAKES_THE_CANCEL_BACK,
    THINKS_THAT_IT_IS_STOPPED,
    WATCHES_WHAT_COMES_IN,
)

from halfway.kit import (
    ANY_LENGTH,
    BESIDE,
    CALLERS,
    CANCEL,
    ERRORS,
    LIVES_ON,
    PRESSURES,
    QUIET_END,
    SLOW_TO_LEAVE,
    BrokenError,
    EveryStory,
    NotPlainError,
    Unit,
    only_story,
    promise,
    promise_under,
    takes_time,
)
from halfway.kit.contract import Contract
from halfway.kit.ports import Phone
from halfway.links.direct import Direct


class OnCall(Phone):
    """A phone with the signature of these programs."""

    @takes_time
    def ring(self, alert: str):
        yield from self.call(alert)


class CalmPhone(OnCall):
    """Somebody else's phone."""

    calm = True


def somebody_else(unit, story):
    """Another alert, in the same process."""
    return unit.publish.later("api-2", CalmPhone(story))


def a_call(unit, story, *, beside=None, begins_s=0):
    """One call, and one more in the same process."""
    phone = OnCall(story)
    with story.process() as process:
        end = process.run(unit.publish.later("disk-7", phone), beside=beside, begins_s=begins_s)
        rang = len(phone.rang)
        again = None if process.crashed else process.again(unit.publish.later("disk-7", phone))
    return end, rang, again


def suite(unit, without, *, beside=None, begins_s=0):
    """Returned, it has rung; cancelled, it ends as cancelled; and what pressures find by themselves."""
    for story in EveryStory(unit, without=without)(a_call, depth=1, beside=beside, begins_s=begins_s):
        end, rang, _ = story.seen
        saw = f"{story.replay}: {end}, rang {rang} times"
        promise(end.kind != "returned" or rang == 1, saw=saw, rule="it returns when it rang", ask="did it?")
        promise((end.kind == "cancelled") == (story.cancelled > 0), saw=saw, rule="stopped", ask="who stops?")
        promise(
            bool(story.faulted) or end.kind == "returned", saw=saw, rule="nothing stops it", ask="who did?"
        )
        promise_under(story)


def found(source, without=(), **options):
    """What the suite found, or None."""
    with closing(Direct(dedent(source), "alerts")) as link:
        try:
            suite(Unit(link), frozenset(without), **options)
        except BrokenError as broken:
            return broken
    return None


@pytest.mark.parametrize(
    ("pressure", "source", "saw", "options"),
    [
        (QUIET_END, RINGS_LATER, "publish(...) was cancelled; 8 s later it called ring('disk-7')", {}),
        (SLOW_TO_LEAVE, DOES_NOT_WAIT_FOR_WHAT_IT_STOPS, "ring() was still under way", {}),
        (ANY_LENGTH, GIVES_UP_AFTER_A_DAY, "length~1~each-call-may-take-a-month: raised TimeoutError", {}),
        (LIVES_ON, KEEPS_ITS_LOCK, "the call was cancelled; the next one never ended", {}),
        (BESIDE, ONE_AT_A_TIME, "beside this one it returned None, 4 s beside it", {"beside": somebody_else}),
        (
            CALLERS,
            THINKS_THAT_IT_IS_STOPPED,
            "clean-up-of-a-task-that-was-cancelled: returned None, rang 0",
            {},
        ),
        (ERRORS, KNOWS_TWO_ERRORS_BY_NAME, "the-call-is-refused-on-the-way: returned None, rang 0", {}),
    ],
    ids=["quiet_end", "slow_to_leave", "any_length", "lives_on", "beside", "callers", "errors"],
)
def test_a_pressure_finds_what_no_other_finds(pressure, source, saw, options):
    """With all pressures it is found and told; without this one alone it is accepted."""
    broken = found(source, **options)
    assert broken is not None
    assert saw in broken.saw
    assert broken.rule
    assert broken.ask.endswith("?")
    assert found(source, {pressure}, **options) is None


def test_who_stands_still_is_found_beside_somebody():
    """A sleep that blocks makes everybody in the process wait, however short it is."""
    source = """
        import time

        async def publish(alert, phone):
            await phone.ring(alert)
            time.sleep(0.1)
    """
    broken = found(source, beside=somebody_else)
    assert broken is not None
    assert broken.saw.startswith("the process stood still for 0.1 s in publish, line ")
    assert broken.rule == "while a process stands still, everybody in it waits"
    assert found(source, {BESIDE}, beside=somebody_else) is None


def test_a_timer_that_still_rings_is_no_quiet_end():
    """It makes no call, and is found all the same."""
    source = """
        import asyncio

        async def publish(alert, phone):
            slow = asyncio.get_running_loop().call_later(60, str, alert)
            await phone.ring(alert)
            slow.cancel()
    """
    broken = found(source)
    assert broken is not None
    assert broken.saw.endswith("s later a timer of it rang")
    assert found(source, {QUIET_END}) is None


def test_a_cancel_of_its_own_is_still_to_come():
    """Sent to its own task at the end, it hits whatever the caller awaits next."""
    source = """
        import asyncio

        async def publish(alert, phone):
            try:
                await phone.ring(alert)
            except asyncio.CancelledError:
                asyncio.current_task().uncancel()
                asyncio.current_task().cancel()
                raise
    """
    broken = found(source)
    assert broken is not None
    assert "took the cancel back or sent another one" in broken.saw


def test_a_process_goes_on_in_another_loop():
    """What looked its loop up once awaits a task of a loop that does not run any more."""
    source = """
        import asyncio

        LOOP = []

        async def publish(alert, phone):
            LOOP.append(asyncio.get_running_loop())
            await LOOP[0].create_task(phone.ring(alert))
    """
    ends = []
    for program in (source, RIGHT):
        with closing(Direct(dedent(program), "alerts")) as link:
            story = only_story(Unit(link))
            call = story._unit.publish.later("disk-7", OnCall(story))
            with story.process() as process:
                process.run(call)
                ends += [process.again(call).kind, process.again(call, in_a_new_loop=True).kind]
    assert ends == ["returned", "raised", "returned", "returned"]


def test_a_process_says_how_long_a_call_took_that_had_somebody_beside_it():
    """The call that is tried, not the one beside it, however long that takes."""
    with closing(Direct(dedent(RIGHT), "alerts")) as link:
        story = only_story(Unit(link))
        call = story._unit.publish.later("disk-7", OnCall(story))
        with story.process() as process:
            process.run(call, beside=somebody_else, begins_s=5)
            assert process.took_s == 2
            assert story.seconds == 7


def test_who_begins_later_meets_what_was_remembered_meanwhile():
    """A memory that is written on the way is met by a call that begins half a second later, and no sooner."""
    source = """
        import asyncio

        ringing = []

        async def publish(alert, phone):
            if ringing:
                return
            await asyncio.sleep(0.01)
            ringing.append(alert)
            try:
                await phone.ring(alert)
            finally:
                ringing.remove(alert)
    """
    assert found(source, beside=somebody_else) is None
    broken = found(source, beside=somebody_else, begins_s=0.5)
    assert broken is not None
    assert "beside this one it returned None, 0 s beside it" in broken.saw


def test_a_right_program_is_accepted_under_all_of_them():
    """Unkindness refuses nothing that is right."""
    assert found(RIGHT, beside=somebody_else) is None


def test_a_cancel_in_own_words_is_no_cancel():
    """asyncio.timeout and TaskGroup know CancelledError itself: a class built on it is another error."""
    broken = found(STOPS_IN_ITS_OWN_WORDS)
    assert broken is not None
    assert "raised Stopped" in broken.saw


@pytest.mark.parametrize("source", [TAKES_A_TIMEOUT_FOR_A_CANCEL, WATCHES_WHAT_COMES_IN])
def test_a_timeout_of_a_port_is_made_as_asyncio_makes_it(source):
    """asyncio.timeout cancels the task that waits, and its own cancel becomes the error: nobody stops it."""
    broken = found(source)
    assert broken is not None
    assert "is-lost: was cancelled" in broken.saw


def test_a_timeout_of_a_port_leaves_the_count_of_cancels_alone():
    """Who compares the count of cancels before and after sees that a timeout of a port was none."""
    source = """
        import asyncio

        async def publish(alert, phone):
            before = asyncio.current_task().cancelling()
            try:
                await phone.ring(alert)
            except TimeoutError as error:
                if asyncio.current_task().cancelling() > before:
                    raise asyncio.CancelledError
                assert type(error.__cause__) is asyncio.CancelledError
                raise
    """
    assert found(source) is None


def test_a_cancel_that_is_taken_back_is_found():
    """A timeout around the call goes by the count of cancels; without this pressure nobody looks at it."""
    broken = found(TAKES_THE_CANCEL_BACK)
    assert broken is not None
    assert "was cancelled, and took the cancel back or sent another one" in broken.saw
    assert found(TAKES_THE_CANCEL_BACK, {CALLERS}) is None


def called_again(unit, story):
    """A call that is stopped, and the next one, which its caller makes while it cleans up."""
    phone = OnCall(story)
    with story.process() as process:
        end = process.run(unit.publish.later("disk-7", phone))
        return end, process.again(unit.publish.later("disk-7", phone))


def test_the_call_after_a_cancel_is_made_by_the_task_that_was_cancelled():
    """What compares with the count of cancels of the first call takes an old cancel for one of its own."""
    source = """
        import asyncio

        FIRST = []

        async def publish(alert, phone):
            FIRST.append(asyncio.current_task().cancelling())
            await phone.ring(alert)
            if asyncio.current_task().cancelling() > FIRST[0]:
                raise asyncio.CancelledError
    """
    ends = {}
    for without in ((), (CALLERS,)):
        with closing(Direct(dedent(source), "alerts")) as link:
            stories = EveryStory(Unit(link), without=without)(called_again, {CANCEL}, depth=1)
            seen = [story.seen for story in stories if story.seen is not None]
        ends[without] = {again.kind for end, again in seen if end.kind == "cancelled"}
    assert ends[()] == {"cancelled"}
    assert ends[(CALLERS,)] == {"returned"}


def test_calls_can_be_made_now_and_awaited_in_turn():
    """What a call does before it gives its coroutine is done for both before either is awaited."""
    source = """
        DONE = []

        def publish(alert, phone):
            return rest(alert, len(DONE), phone)

        async def rest(alert, done, phone):
            await phone.ring(alert)
            DONE.append(alert)
            return done
    """
    with closing(Direct(dedent(source), "alerts")) as link:
        unit = Unit(link)
        story = only_story(unit)
        phone = OnCall(story)
        with story.process() as process:
            ends = process.in_turn(*[unit.publish.later("disk-7", phone)] * 2)
    assert [end.value for end in ends] == [0, 0]
    assert phone.rang == ["disk-7", "disk-7"]
    assert story.seconds == 4


ODD_ANSWERS = {
    "self.made": "a method",
    "later()": "a coroutine",
    "(n for n in ())": "a generator",
    "Left": "the class Left",
    "Equal()": "<Equal>, of type Equal",
    "'all', 5": "('all', 5), of type tuple",
    "Left('all', 5)": "Left with word='all', of type str, and the stub says word: Word",
    "None": "None",
}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("value", "saw"), ODD_ANSWERS.items(), ids=ODD_ANSWERS)
def test_an_odd_answer_under_way_is_told_as_an_answer_of_the_wrong_type(value, saw):
    """Nobody looks into what is no answer while the work is under way; it is told when that has ended."""

    def working(unit, story):
        with story.process() as process:
            work = unit.Work(OnCall(story))
            process.run(work.run.later(), asking=work.left.later(), told=lambda end: end.value.word.name)

    contract = Contract.of(ANSWERS_ODDLY)
    link = Direct(ANSWERS_ODDLY.replace("VALUE", value), "alerts")
    with closing(link), pytest.raises(BrokenError) as broken:
        list(EveryStory(Unit(link, contract))(working, {CANCEL}, depth=0))
    assert saw in broken.value.saw


def test_pressures_have_names_and_words():
    """Sixteen pressures, each with its own name."""
    assert len(PRESSURES) == 16
    assert all(name == name.strip().lower() for name in PRESSURES)
    assert NotPlainError is not None


WAITS_WITH_WAIT_FOR = """
    import asyncio

    async def publish(alert, phone):
        await asyncio.wait_for(phone.ring(alert), None if alert == "for ever" else 10**9)
"""


def test_a_cancel_in_the_turn_of_the_reply_is_a_story_on_every_python():
    """Where Python itself loses it, the words say so, and what to use instead; later Pythons keep it."""
    broken = found(WAITS_WITH_WAIT_FOR)
    if sys.version_info >= (3, 12):
        assert broken is None
        return
    assert broken is not None
    assert "ring-answers~1~cancelled: returned None" in broken.saw
    assert "asyncio.wait_for does so up to 3.11" in broken.saw
    assert "asyncio.timeout does not" in broken.saw
