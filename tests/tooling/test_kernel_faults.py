"""Every kind of fault finds a program that is wrong in just that way, by its smallest story."""

import pytest
from kernel_cases import (
    GIVES_UP_WHEN_REFUSED,
    KEY_PER_ATTEMPT,
    MARKED_BEFORE_IT_RANG,
    RIGHT,
    SWALLOWS,
    EveryStory,
    Inbox,
    Phone,
    Store,
    WallClock,
    only_story,
    rings_once,
    search,
    timeline_of,
)

from halfway.kit import (
    CANCEL,
    CRASH,
    DUPLICATE,
    LOST,
    ORDER,
    REFUSED,
    REORDER,
    SET_BACK,
    STEPS,
    CappedError,
    NotRepeatableError,
    Unit,
    promise,
    takes_time,
    tried,
)
from halfway.links.direct import Direct
from halfway.sim import Port, parse_replay

EVERYTHING = {CANCEL, CRASH, REFUSED, LOST}


@pytest.mark.parametrize(
    ("source", "faults", "smallest"),
    [
        (KEY_PER_ATTEMPT, {LOST}, "call~1~the-reply-is-lost"),
        (GIVES_UP_WHEN_REFUSED, {REFUSED}, "call~1~the-call-is-refused"),
        (MARKED_BEFORE_IT_RANG, {CANCEL}, "ring~1~cancelled"),
        (MARKED_BEFORE_IT_RANG, {CRASH}, "put~1~killed-after-it"),
    ],
    ids=["lost", "refused", "cancel", "crash"],
)
def test_a_wrong_program_is_found_by_its_smallest_story(source, faults, smallest):
    """One fault is enough, and it is the first one that can show the mistake."""
    told, replay = search(source, rings_once(faults))
    assert replay == smallest
    assert told > 1, "the story without faults is told first, and is no failure"


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_a_right_program_is_proved(depth):
    """A program without the mistake keeps its promise in every story, the more the deeper.

    With one fault: three ways a call can fail, cancelled or killed before it rings and before its reply,
    cancelled as it
    answers, killed before and after the write; and the story without any. A call that will fail is not
    stopped on its way as well: with two faults, ten stories fewer.
    """
    told, replay = search(RIGHT, rings_once(EVERYTHING, depth=depth))
    assert replay is None
    assert told == [1, 11, 53, 179][depth]


def test_a_story_is_told_again_from_its_replay_string():
    """The replay string alone brings back the same story, event by event."""
    suite = rings_once(EVERYTHING)
    _, replay = search(KEY_PER_ATTEMPT, suite)
    first, second = (timeline_of(KEY_PER_ATTEMPT, suite, replay) for _ in range(2))
    assert first == second
    assert [event.what for event in first if event.fault] == ["the reply is lost"]
    assert sum("rings" in event.what for event in first) == 2


def _ends(faults, depth=1):
    """How each story of one call of `work` ended, by replay string."""

    def tell(source, port=Phone):
        link = Direct(source, "program")
        unit = Unit(link)
        ends = {}
        for story in EveryStory(unit)(faults, depth):
            given = port(story)
            with story.process() as process:
                end = process.run(lambda: unit.work(given))
            ends[story.replay] = (str(end), process.swallowed, process.leaked)
        link.close()
        return ends

    return tell


def test_a_cancel_comes_early_late_and_twice():
    """A task is cancelled while it waits, in the very turn of the reply, and once more while it cleans up."""
    source = """
async def work(phone):
    try:
        await phone.ring("a", "x")
    finally:
        await phone.ring("b", "y")
"""
    ends = _ends({CANCEL}, depth=2)(source)
    assert ends[""][0] == "returned None"
    assert {
        "ring~1~cancelled",
        "ring~2~cancelled",
        "ring-answers~1~cancelled",
        "ring~1~cancelled+ring~2~cancelled",
        "ring-answers~1~cancelled+ring-answers~2~cancelled",
    } <= set(ends)
    assert {end for replay, (end, _, _) in ends.items() if replay} == {"was cancelled"}


def test_a_swallowed_cancel_is_seen():
    """A call that returns although it was cancelled is told as one that swallowed it."""
    ends = _ends({CANCEL})(
        "async def work(phone):\n    try:\n        await phone.ring('a', 'x')\n"
        "    except BaseException:\n        pass\n"
    )
    assert ends["ring~1~cancelled"][:2] == ("returned None", True)
    assert ends[""][:2] == ("returned None", False)


def test_a_task_left_running_is_seen():
    """A call that returns while a task of its own still runs has leaked it."""
    source = "import asyncio\nasync def work(phone):\n    asyncio.ensure_future(phone.ring('a', 'x'))\n"
    assert _ends(set(), depth=0)(source)[""] == ("returned None", False, 1)


def test_a_cancel_between_two_steps_is_tried():
    """With STEPS a task is also cancelled where it waits for nothing outside."""
    source = """
import asyncio
async def work(phone):
    held = []
    held.append("lock")
    await asyncio.sleep(0)
    held.clear()
    return held
"""
    ends = _ends({CANCEL, STEPS})(source)
    assert ends["cancel-here~1~cancelled"][0] == "was cancelled"


def test_which_task_goes_first_is_tried():
    """Two tasks that look before they write lose an update in some order, and with ORDER that order is
    found.
    """
    source = """
import asyncio
async def work(phone):
    box = {"n": 0}
    async def add(first):
        if first:
            await asyncio.sleep(0)
        seen = box["n"]
        await asyncio.sleep(0)
        box["n"] = seen + 1
    await asyncio.gather(add(True), add(False))
    return box["n"]
"""
    ends = {end for end, _, _ in _ends({ORDER}, depth=2)(source).values()}
    assert ends == {"returned 1", "returned 2"}


def test_which_reply_comes_first_is_tried():
    """Of two replies that are due at one time, either comes first."""
    source = """
import asyncio
async def work(phone):
    log = []
    async def call(key):
        await phone.ring(key, "x")
        log.append(key)
    await asyncio.gather(call("a"), call("b"))
    return log
"""
    ends = {end for end, _, _ in _ends({ORDER})(source).values()}
    assert ends == {"returned ['a', 'b']", "returned ['b', 'a']"}


DELIVERIES = [("r1", "open"), ("r2", "closed")]


def _consumes(faults):
    def suite(unit, every_story):
        for story in every_story(faults, depth=2):
            inbox = Inbox(story, DELIVERIES)
            with story.process():
                seen = unit.consume(inbox)
            promise(seen == ["open", "closed"], saw=f"{seen}", rule="once, in order", ask="?", story=story)

    return suite


@pytest.mark.parametrize(
    ("body", "faults", "smallest"),
    [
        ("seen.append(state)", {DUPLICATE}, "take~1~it-is-delivered-twice"),
        ("known.add(revision) or seen.append(state) if revision not in known else None", {DUPLICATE}, None),
        ("seen.append(state)", {REORDER}, "take~1~the-next-one-comes-first"),
    ],
    ids=["duplicate", "deduplicated", "reordered"],
)
def test_a_delivery_comes_twice_or_out_of_order(body, faults, smallest):
    """A consumer that trusts its queue is found; one that knows what it has seen is not."""
    source = f"""
async def consume(inbox):
    seen, known = [], set()
    while (delivery := await inbox.take()) is not None:
        revision, state = delivery
        {body}
    return seen
"""
    assert search(source, _consumes(faults))[1] == smallest


def test_a_clock_is_set_back():
    """Code that measures how long by the wall clock is found when that clock goes back."""
    source = """
async def wait(clock):
    began = clock.now_s()
    await clock.sleep(5)
    return clock.now_s() - began
"""

    def suite(unit, every_story):
        for story in every_story({SET_BACK}, depth=1):
            clock = WallClock(story)
            with story.process():
                waited = unit.wait(clock)
            promise(waited == 5.0, saw=f"{waited}", rule="how long is monotonic", ask="?", story=story)

    assert search(source, suite)[1] == "now~2~the-clock-is-set-back-an-hour"


def test_a_crash_is_not_survived_by_catching_it():
    """A process that is killed does not go on, whatever its code catches, and what it still does has no
    effect.
    """
    told, replay = search(SWALLOWS, rings_once({CRASH}, depth=2))
    assert replay is None
    assert told == 5


def test_memory_does_not_survive_the_process():
    """The next process begins with a new module: what was only remembered is gone, also without a crash."""
    source = """
memory = []
async def publish(incident, store, phone):
    if not memory:
        memory.append(incident)
        store.put("starts", (store.get("starts") or 0) + 1)
        await phone.ring(f"{incident}/{store.get('starts')}", "x")
    return "published"
"""
    assert search(source, rings_once({CRASH}))[1] == ""


def test_a_dead_processes_calls_never_land():
    """What was under way when the process was killed has happened already, or never will."""
    link = Direct(RIGHT, "program")
    unit = Unit(link)
    rang_late = []
    for story in EveryStory(unit)({CRASH}, 1):
        phone, store = Phone(story), Store(story)
        with story.process() as process:
            process.run(lambda: unit.publish("disk-7", store, phone))
        before = len(phone.rang)
        with story.process() as process:
            process.wait(60)
        rang_late.append(len(phone.rang) - before)
    link.close()
    assert set(rang_late) == {0}
    assert len(rang_late) > 4


def test_too_many_stories_are_not_a_proof():
    """Past the cap the search says how far it came, and never that the promise is kept."""
    link = Direct(RIGHT, "program")
    unit = Unit(link)
    told = 0
    with pytest.raises(CappedError, match=r"20 stories were told, and all with fewer than 2 faults"):
        for story in EveryStory(unit)(EVERYTHING, 3, cap=20):
            told += 1
            phone, store = Phone(story), Store(story)
            with story.process() as process:
                process.run(lambda: unit.publish("disk-7", store, phone))
    link.close()
    assert told == 20


def test_a_program_that_runs_differently_is_told_so():
    """Code whose choices depend on more than the story cannot be searched, and that is said."""
    source = """
import builtins
builtins.runs = getattr(builtins, "runs", 0)
async def work(phone):
    import builtins
    builtins.runs += 1
    for n in range(builtins.runs % 3):
        await phone.other(n)
    await phone.ring("a", "x")
"""

    class Two(Phone):
        @takes_time
        def other(self, number):
            yield 1.0

    with pytest.raises(NotRepeatableError):
        _ends({CANCEL}, depth=2)(source, Two)


@pytest.mark.parametrize("text", ["ring", "ring~x~lost", "ring~0~lost", "~1~lost", "ring~1~"])
def test_a_replay_string_that_cannot_be_read_says_how_it_is_written(text):
    """A mistyped replay string is answered with the form of a right one."""
    with pytest.raises(ValueError, match=r"label~time~option"):
        parse_replay(text)


def test_a_port_of_another_story_is_the_suites_mistake():
    """A suite that mixes two stories is told so, and the learner pays nothing."""
    link = Direct(RIGHT, "program")
    unit = Unit(link)
    with pytest.raises(Exception, match="a port to a process of another story"):
        unit.publish("disk-7", Store(only_story(unit)), Phone(only_story(unit)))
    link.close()


def test_a_wrong_argument_is_the_callers_mistake():
    """A port called with arguments that it does not take raises TypeError where it was called."""

    class Plain(Port):
        @takes_time
        def take(self, one):
            yield one

    link = Direct("async def work(port):\n    await port.take(1, 2)\n", "program")
    unit = Unit(link)
    story = only_story(unit)
    with story.process():
        end = tried(lambda: unit.work(Plain(story)))
    link.close()
    assert end.raised(TypeError)
    assert "take()" in str(end)
