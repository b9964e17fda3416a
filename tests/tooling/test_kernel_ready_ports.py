"""The ready-made ports: each fault of theirs, found and told."""

import pytest
from kernel_cases import EveryStory, only_story, unit_of

from halfway import kit
from halfway.kit import (
    CANCEL,
    CRASH,
    DUPLICATE,
    LOST,
    REFUSED,
    REORDER,
    SET_BACK,
    UNDECLARED,
    takes_time,
)
from halfway.kit.ports import Chance, Clock, Failures, Ids, Phone, Queue, Store, Table, odd_ways
from halfway.links.pipe import Pipe
from halfway.sim import parse_replay


def ends(source, faults, make, *, depth=1):
    """How each story ended, by its replay string: (outcome, what `make` says of its ports)."""
    said = {}
    with unit_of(source) as unit:
        for story in EveryStory(unit)(faults, depth=depth):
            ports, tell = make(story)
            with story.process() as process:
                end = process.run(lambda: unit.work(*ports))
            said[story.replay] = (str(end) if not process.crashed else "crashed", tell())
    return said


def test_a_write_is_lost_or_made_when_the_process_is_killed():
    """CRASH comes before each durable write and after it, and the rows say which."""

    def make(story):
        store = Store(story, [("a", 1)])
        return (store,), lambda: (dict(store.rows), len(store.writes))

    source = """
        def work(store):
            store.put("b", 2)
            swapped = store.swap("a", 1, 3), store.swap("a", 1, 4), store.swap("c", None, 5)
            store.delete("b")
            return swapped, store.keys(), store.get("b")
    """
    assert ends(source, {CRASH}, make) == {
        "": ("returned ((True, False, True), ['a', 'c'], None)", ({"a": 3, "c": 5}, 4)),
        "put~1~killed-before-it": ("crashed", ({"a": 1}, 0)),
        "put~1~killed-after-it": ("crashed", ({"a": 1, "b": 2}, 1)),
        "swap~1~killed-before-it": ("crashed", ({"a": 1, "b": 2}, 1)),
        "swap~1~killed-after-it": ("crashed", ({"a": 3, "b": 2}, 2)),
        "swap~2~killed-before-it": ("crashed", ({"a": 3, "b": 2}, 2)),
        "swap~2~killed-after-it": ("crashed", ({"a": 3, "b": 2}, 2)),
        "swap~3~killed-before-it": ("crashed", ({"a": 3, "b": 2}, 2)),
        "swap~3~killed-after-it": ("crashed", ({"a": 3, "b": 2, "c": 5}, 3)),
        "delete~1~killed-before-it": ("crashed", ({"a": 3, "b": 2, "c": 5}, 3)),
        "delete~1~killed-after-it": ("crashed", ({"a": 3, "c": 5}, 4)),
    }


class OnCall(Phone):
    """A phone with the signature of some stub."""

    @takes_time
    def ring(self, incident: str):
        yield from self.call(incident)


RINGS = "async def work(phone):\n    return await phone.ring('disk-7')\n"


def test_the_phone_rings_or_not_and_the_caller_cannot_tell():
    """Each loss comes before it rang and after, by the same error; a refusal is known."""

    def make(story):
        phone = OnCall(story)
        return (phone,), lambda: (len(phone.rang), phone.world.seconds)

    assert ends(RINGS, {REFUSED, LOST, UNDECLARED}, make) == {
        "": ("returned None", (1, 2.0)),
        "ring~1~the-call-is-refused": ("raised ConnectionRefusedError: refused", (0, 1.0)),
        "ring~1~the-request-is-lost": ("raised TimeoutError: no reply", (0, 2.0)),
        "ring~1~the-reply-is-lost": ("raised TimeoutError: no reply", (1, 2.0)),
        "ring~1~the-connection-breaks-before-it-rings": ("raised ConnectionResetError: cut off", (0, 2.0)),
        "ring~1~the-connection-breaks-after-it-rang": ("raised ConnectionResetError: cut off", (1, 2.0)),
    }


def test_an_error_that_nobody_declared_comes_under_the_pressure_of_errors():
    """It comes before it rang and after, and a class of a library's is one of its base to the learner."""
    source = """
        async def work(phone):
            try:
                await phone.ring("disk-7")
            except TimeoutError as error:
                return type(error).__name__, isinstance(error, TimeoutError)
    """
    with unit_of(source) as unit:
        said = {}
        for story in kit.EveryStory(unit, without=kit.PRESSURES - {kit.ERRORS})({LOST, UNDECLARED}, depth=1):
            phone = OnCall(story)
            with story.process() as process:
                said[story.replay] = str(process.run(lambda: unit.work(phone))), len(phone.rang)
    assert said["ring~1~something-else-fails-before-it-rings"] == ("raised RuntimeError: out of order", 0)
    assert said["ring~1~something-else-fails-after-it-rang"] == ("raised OSError: out of order", 1)
    assert said["ring~1~the-reply-is-lost"] == ("returned ('ReadTimeout', True)", 1)


def test_a_library_hands_on_what_it_met_before_as_the_cause_of_its_error():
    """A timeout that is made as asyncio makes it has it, too; a declared error is as it was declared."""
    source = """
        async def work(phone):
            try:
                await phone.ring("disk-7")
            except Exception as error:
                found = []
                while error is not None:
                    found.append(type(error).__name__)
                    error = error.__cause__ or error.__context__
                return " from ".join(found)
    """
    said = {}
    with unit_of(source) as unit:
        for story in kit.EveryStory(unit, without=kit.PRESSURES - {kit.ERRORS})(depth=1):
            with story.process() as process:
                said[story.replay] = process.run(lambda story=story: unit.work(OnCall(story))).value
    assert said["ring~1~the-call-is-refused"] == "ConnectionRefusedError"
    assert said["ring~1~the-request-is-lost"] == "TimeoutError from CancelledError"
    assert said["ring~1~the-reply-is-lost"] == "ReadTimeout from CancelledError from ConnectionRefusedError"
    assert said["ring~1~the-connection-breaks-after-it-rang"] == "StreamReset from ConnectionRefusedError"
    assert said["ring~1~something-else-fails-after-it-rang"] == "OSError from ConnectionRefusedError"


def test_odd_errors_come_one_after_the_other():
    """Two are groups, one is false, one has no text, one ends an `async for`: each is an error of its class."""
    source = """
        async def work(phone):
            found = []
            for _ in range(5):
                try:
                    await phone.ring("disk-7")
                except Exception as error:
                    found.append(type(error).__name__ if error else f"false {type(error).__name__}")
            return found
    """
    odd = odd_ways("the call")

    class OddPhone(OnCall):
        ways = Failures(UNDECLARED=odd)
        raises = (Exception,)

    with unit_of(source) as unit:
        story = kit.only_story(unit)
        phone = OddPhone(story)
        phone.will_fail("ring", *(way.text for way in odd))
        with story.process() as process:
            found = process.run(lambda: unit.work(phone)).value
    assert found == ["ExceptionGroup"] * 2 + ["false EmptyReply", "MuteReply", "StopAsyncIteration"]
    assert phone.errors["ring"][2] == "EmptyReply: out of order"


def test_a_call_that_begins_after_a_cancel_is_listed():
    """In the very turn of the cancel nobody can have heard of it; later, somebody has gone on."""
    source = """
        import asyncio

        async def both(phone):
            await phone.ring("db-1")
            await phone.ring("db-2")

        async def work(phone):
            task = asyncio.ensure_future(both(phone))
            try:
                await asyncio.shield(task)
            finally:
                await task
    """

    def make(story):
        phone = OnCall(story)
        return (phone,), lambda: (phone.begun_late, phone.rang)

    said = ends(source, {CANCEL}, make)
    assert said[""][1] == ([], ["db-1", "db-2"])
    assert said["ring~1~cancelled"][1] == (["ring"], ["db-1", "db-2"])


def test_a_port_refuses_what_its_method_does_not_take():
    """A value of another type is an error of whoever gives it, told as a service tells it."""
    with unit_of("async def work(phone):\n    await phone.ring([])\n") as unit:
        story = only_story(unit)
        with story.process() as process:
            end = process.run(lambda: unit.work(OnCall(story)))
    assert str(end) == "raised TypeError: ring() takes a str as incident, not []"


def test_somebody_else_writes_just_before_a_swap_and_just_before_a_reading():
    """The world moves between a look and an act."""

    class Rows(Table):
        @takes_time
        def read(self, key: str):
            return (yield from self.reading(lambda: self.value(key)))

        @takes_time
        def swap(self, key: str, old: str, new: str):
            return (yield from self.writing("swap", lambda: self.swapped(key, old, new)))

    source = """
        async def work(rows):
            before = await rows.read("a")
            swapped = await rows.swap("a", before, "mine")
            return before, swapped, await rows.read("a"), await rows.read("a")
    """
    with unit_of(source) as unit:
        story = only_story(unit)
        with story.process():
            rows = Rows(story, {"a": "free"}, {"a": ["theirs", "given back"]})
            assert unit.work(rows) == ("free", False, "given back", "given back")


CONSUMES = """
    async def work(queue):
        seen = []
        while (delivery := await queue.take()) is not None:
            number, payload = delivery
            seen.append(payload)
            queue.ack(number)
        return seen
"""


def test_a_delivery_comes_twice_or_before_the_one_ahead_of_it():
    """DUPLICATE brings a delivery once more, after the others; REORDER lets the next one go first."""

    def make(story):
        queue = Queue(story, ["a", "b"])
        return (queue,), lambda: queue.acked

    assert ends(CONSUMES, {DUPLICATE, REORDER}, make) == {
        "": ("returned ['a', 'b']", [1, 2]),
        "take~1~it-is-delivered-twice": ("returned ['a', 'b', 'a']", [1, 2, 1]),
        "take~1~the-one-behind-it-comes-first": ("returned ['b', 'a']", [2, 1]),
        "take~2~it-is-delivered-twice": ("returned ['a', 'b', 'b']", [1, 2, 2]),
    }


@pytest.mark.parametrize(
    ("replay", "again"), [("ack~1~killed-before-it", ["a", "b", "c"]), ("ack~1~killed-after-it", ["b", "c"])]
)
def test_what_was_not_acknowledged_comes_again_after_a_restart(replay, again):
    """The next process gets what the last one took and did not acknowledge, before everything else."""
    with unit_of(CONSUMES) as unit:
        (story,) = EveryStory(unit, only=parse_replay(replay))({CRASH})
        queue = Queue(story, ["a", "b"])
        assert queue.add("c") == 3
        with story.process() as process:
            process.run(lambda: unit.work(queue))
        assert process.crashed
        assert str(story.until_done(lambda: unit.work(queue))) == f"returned {again}"


def test_to_acknowledge_what_never_came_is_a_key_error():
    """A queue knows what it has delivered."""
    with unit_of("def work(queue):\n    queue.ack(7)\n") as unit:
        story = only_story(unit)
        with story.process(), pytest.raises(KeyError):
            unit.work(Queue(story, ["a"]))


CLOCKED = """
    async def work(clock):
        start, began = clock.now(), clock.monotonic()
        await clock.sleep(90)
        clock.wait(30)
        return (clock.now() - start).total_seconds(), clock.monotonic() - began
"""


def test_the_wall_clock_is_set_back_and_the_other_hand_goes_on():
    """SET_BACK moves the wall hand an hour back; what is measured with the other hand stays right."""

    def make(story):
        clock = Clock(story)
        return (clock,), lambda: (clock.waited, story.seconds)

    assert ends(CLOCKED, {SET_BACK}, make) == {
        "": ("returned (120.0, 120.0)", ([90, 30], 120.0)),
        "now~1~the-wall-clock-is-set-back-an-hour": ("returned (120.0, 120.0)", ([90, 30], 120.0)),
        "now~2~the-wall-clock-is-set-back-an-hour": ("returned (-3480.0, 120.0)", ([90, 30], 120.0)),
    }


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_a_wait_of_less_than_nothing_is_refused(seconds):
    """By both ways to wait."""
    source = """
        async def sleeps(clock, seconds):
            await clock.sleep(seconds)
        def waits(clock, seconds):
            clock.wait(seconds)
    """
    with unit_of(source) as unit:
        story = only_story(unit)
        with story.process():
            for work in (unit.sleeps, unit.waits):
                with pytest.raises(ValueError, match="not shorter than nothing"):
                    work(Clock(story), seconds)


def test_chance_is_the_same_in_every_story_and_over_every_link():
    """A story that continues another draws the same numbers."""
    source = "def work(chance):\n    return [chance.uniform(0, 1) for _ in range(3)]\n"
    drawn = set()
    for link in (None, Pipe):
        with unit_of(source, **({"link": link} if link else {})) as unit:
            for story in EveryStory(unit)({LOST, CANCEL}):
                chance = Chance(story)
                with story.process():
                    drawn.add(tuple(unit.work(chance)))
                assert chance.drawn == list(next(iter(drawn)))
    assert len(drawn) == 1
    assert all(0 <= number <= 1 for number in next(iter(drawn)))


def test_an_id_is_given_once_in_all_processes_of_a_story():
    """A process that starts anew gets ids that no earlier one had."""
    with unit_of("def work(ids):\n    return [ids.fresh(), ids.fresh()]\n") as unit:
        story = only_story(unit)
        ids = Ids(story)
        given = []
        for _ in range(3):
            with story.process():
                given += unit.work(ids)
    assert len(set(given)) == 6
    assert given == ids.given
