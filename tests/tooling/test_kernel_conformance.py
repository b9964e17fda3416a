"""What a program does on the virtual loop is what it does on asyncio's own: the same log, at the same times.

asyncio's own loop is run here with its scheduling untouched and its selector replaced: where it would block
until the
next timer, its clock goes there instead.
"""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halfway.links.virtual import run


class _JumpingSelector:
    def __init__(self, loop):
        self.loop = loop

    def select(self, timeout):
        if timeout is None:
            raise RuntimeError("nothing will ever happen")
        if timeout > 0:
            self.loop.clock = self.loop._scheduled[0].when()
        return ()

    def close(self):
        pass


class RealLoop(asyncio.BaseEventLoop):
    """asyncio's scheduling, with a clock that jumps."""

    def __init__(self):
        super().__init__()
        self.clock = 0.0
        self._clock_resolution = 1e-9
        self._selector = _JumpingSelector(self)

    def time(self):
        return self.clock

    def _process_events(self, event_list):
        pass

    def _write_to_self(self):
        pass


# A program is data: what a task does, one step after the other. Every wait has a time of its own (a
# distinct fraction of
# a second, made from its place in the tree), so that no two unrelated timers ever tie.
steps = st.deferred(
    lambda: st.one_of(
        st.tuples(st.just("sleep"), st.integers(0, 3)),
        st.tuples(st.just("yield")),
        st.tuples(st.just("raise")),
        st.tuples(st.just("timeout"), st.integers(0, 3), program),
        st.tuples(st.just("wait_for"), st.integers(1, 3), program),
        st.tuples(st.just("shield"), program),
        st.tuples(st.just("finally"), program, program),
        st.tuples(st.just("swallow"), program),
        st.tuples(st.just("gather"), st.booleans(), st.lists(program, min_size=1, max_size=3)),
        st.tuples(st.just("group"), st.lists(program, min_size=1, max_size=3)),
        st.tuples(st.just("spawn and cancel"), st.integers(0, 2), program),
    )
)
program = st.lists(steps, max_size=3)


class Interpreter:
    """Runs a program, and keeps a log of what happened when."""

    def __init__(self):
        self.log = []
        self.waits = 0
        self.kept = []

    def note(self, path, what):
        self.log.append((path, what, round(asyncio.get_running_loop().time(), 6)))

    def delay(self, seconds):
        self.waits += 1
        return seconds + self.waits / 1024 if seconds else 0

    async def play(self, steps, path=""):
        for place, step in enumerate(steps):
            here = f"{path}.{place}"
            self.note(here, step[0])
            try:
                await getattr(self, "do_" + step[0].replace(" ", "_"))(here, *step[1:])
            except BaseException as error:
                self.note(here, type(error).__name__)
                raise
            self.note(here, "done")

    async def do_sleep(self, here, seconds):
        await asyncio.sleep(self.delay(seconds))

    async def do_yield(self, here):
        await asyncio.sleep(0)

    async def do_raise(self, here):
        raise ValueError(here)

    async def do_timeout(self, here, seconds, inner):
        async with asyncio.timeout(self.delay(seconds)):
            await self.play(inner, here)

    async def do_wait_for(self, here, seconds, inner):
        await asyncio.wait_for(self.play(inner, here), self.delay(seconds))

    async def do_shield(self, here, inner):
        task = asyncio.ensure_future(self.play(inner, here))
        self.kept.append(task)
        await asyncio.shield(task)

    async def do_finally(self, here, inner, after):
        try:
            await self.play(inner, here)
        finally:
            await self.play(after, here + "f")

    async def do_swallow(self, here, inner):
        try:
            await self.play(inner, here)
        except (Exception, asyncio.CancelledError) as error:
            self.note(here, f"swallowed {type(error).__name__}")

    async def do_gather(self, here, quietly, parts):
        plays = [self.play(part, f"{here}g{n}") for n, part in enumerate(parts)]
        ends = await asyncio.gather(*plays, return_exceptions=quietly)
        self.note(here, [type(end).__name__ for end in ends])

    async def do_group(self, here, parts):
        async with asyncio.TaskGroup() as group:
            for n, part in enumerate(parts):
                group.create_task(self.play(part, f"{here}t{n}"))

    async def do_spawn_and_cancel(self, here, seconds, inner):
        task = asyncio.ensure_future(self.play(inner, here))
        self.kept.append(task)
        await asyncio.sleep(self.delay(seconds))
        task.cancel()
        await asyncio.wait([task])
        self.note(here, "cancelled" if task.cancelled() else "ended")


async def _main(interpreter, steps):
    """Plays the program, is cancelled after a while, and waits for whatever it left."""
    task = asyncio.ensure_future(interpreter.play(steps))
    await asyncio.sleep(2.5)
    task.cancel()
    await asyncio.wait([task])
    await asyncio.gather(*interpreter.kept, return_exceptions=True)
    return "cancelled" if task.cancelled() else type(task.exception()).__name__


def _on_the_virtual_loop(steps):
    interpreter = Interpreter()
    return run(_main(interpreter, steps)), interpreter.log


def _on_the_real_loop(steps):
    interpreter = Interpreter()
    with asyncio.Runner(loop_factory=RealLoop) as runner:
        runner.get_loop().set_exception_handler(lambda loop, context: None)
        return runner.run(_main(interpreter, steps)), interpreter.log


def _in_the_order_of_time(log):
    """The log without the order of tasks that a TaskGroup cancels in one turn: there asyncio's own order
    is chance.
    """
    return sorted(log, key=lambda entry: (entry[2], entry[0]))


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(program)
def test_programs_do_the_same_on_both_loops(steps):
    """Sleeps, timeouts, shields, groups, clean-up and cancellation end at the same times, in the same way."""
    ours, real = _on_the_virtual_loop(steps), _on_the_real_loop(steps)
    assert ours[0] == real[0]
    assert _in_the_order_of_time(ours[1]) == _in_the_order_of_time(real[1])


def _has_a_group(steps):
    return any(step[0] == "group" or any(_has_a_group(p) for p in _programs_in(step)) for step in steps)


def _programs_in(step):
    for part in step[1:]:
        if isinstance(part, list):
            yield from (part if part and isinstance(part[0], list) else [part])


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(program.filter(lambda steps: not _has_a_group(steps)))
def test_without_groups_even_the_order_of_steps_is_the_same(steps):
    """Where asyncio's own order is not chance, ours is the same, handle by handle."""
    assert _on_the_virtual_loop(steps) == _on_the_real_loop(steps)
