"""The virtual loop: time is exact, ties keep their order, and what cannot go on says so."""

import asyncio
import time

import pytest

from halfway.links.virtual import HungError, run


def test_thirty_days_pass_exactly_and_at_once():
    """A sleep of thirty days ends thirty days later to the nanosecond: the clock jumps to the timer's own
    time.
    """

    async def month():
        await asyncio.sleep(30 * 86_400)
        return asyncio.get_running_loop().time()

    assert run(month()) == 30 * 86_400.0


def test_a_thousand_tenths_are_a_hundred_seconds():
    """Sums of tenths do not drift, because time is a whole number of nanoseconds."""

    async def tenths():
        for _ in range(1_000):
            await asyncio.sleep(0.1)
        return asyncio.get_running_loop().time()

    assert run(tenths()) == 100.0


def test_ties_are_first_in_first_out():
    """Timers that are due at the same time fire in the order in which they were set."""

    async def ties():
        loop, log = asyncio.get_running_loop(), []
        for number in (3, 1, 4, 0, 5, 2):
            loop.call_at(5.0, log.append, number)
        loop.call_at(1.0, log.append, "cancelled").cancel()
        await asyncio.sleep(6)
        return log

    assert run(ties()) == [3, 1, 4, 0, 5, 2]


def test_a_tenth_and_two_tenths_are_three_tenths():
    """Two ways of reaching one instant tie, where floating point would part them."""

    async def meet():
        loop, log = asyncio.get_running_loop(), []
        loop.call_at(0.1 + 0.2, log.append, "sum")
        loop.call_at(0.3, log.append, "whole")
        await asyncio.sleep(1)
        return log

    assert run(meet()) == ["sum", "whole"]


def test_a_deadlock_is_named():
    """Two tasks that wait for each other's lock end in words, and not in silence."""

    async def deadlock():
        first, second = asyncio.Lock(), asyncio.Lock()

        async def takes(one, other):
            async with one:
                await asyncio.sleep(1)
                async with other:
                    pass

        await asyncio.gather(takes(first, second), takes(second, first))

    with pytest.raises(HungError, match="every task waits and no timer is set"):
        run(deadlock())


def test_a_livelock_is_named():
    """A task that is always ready, and never done, ends after so many steps."""

    async def spins():
        while True:
            await asyncio.sleep(0)

    with pytest.raises(HungError, match="still going on after"):
        run(spins(), steps_max=5_000)


def test_time_that_never_ends_is_named():
    """A poll that waits for ever ends after ten virtual years."""

    async def polls():
        while True:
            await asyncio.sleep(86_400 * 30)

    with pytest.raises(HungError, match="ten years"):
        run(polls())


def test_an_endless_sleep_is_endless():
    """A sleep of infinity is passed over by the clock, and others go on."""

    async def patient():
        forever = asyncio.ensure_future(asyncio.sleep(float("inf")))
        await asyncio.sleep(3)
        return forever.done(), asyncio.get_running_loop().time()

    assert run(patient()) == (False, 3.0)


def test_threads_take_no_time_and_make_no_race():
    """`asyncio.to_thread` runs in line, so that its order is the same each time."""

    async def threads():
        async with asyncio.timeout(1):
            return await asyncio.gather(*(asyncio.to_thread(lambda n=n: n * n) for n in range(4)))

    assert run(threads()) == [0, 1, 4, 9]


def test_the_shortest_wait_moves_the_clock():
    """Whoever waits until a moment, in pieces of what is left, gets there: no wait rounds to none."""

    async def waits():
        loop, shown = asyncio.get_running_loop(), [0.0]
        for wait in (lambda: asyncio.sleep(1e-12), lambda: asyncio.sleep(0, time.sleep(1e-12))):
            await wait()
            shown.append(loop.time())
        timer = loop.create_future()
        loop.call_at(loop.time() + 1e-12, timer.set_result, None)
        await timer
        return [*shown, loop.time()]

    times = run(waits())
    assert times == sorted(set(times))


class Halt(BaseException):
    """Somebody's own order to stop."""


def halt():
    """Give the order."""
    raise Halt("stop")


def test_an_order_to_stop_ends_what_it_would_end_in_python():
    """In a thread it is heard by who waits for that thread, in a callback by the loop's handler of errors."""

    async def stopped():
        heard, loop = [], asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, told: heard.append(type(told["exception"]).__name__))
        loop.call_soon(halt)
        await asyncio.sleep(1)
        try:
            await asyncio.to_thread(halt)
        except Halt as error:
            return [*heard, str(error)]

    assert run(stopped()) == ["Halt", "stop"]


def test_there_is_no_network():
    """A socket is refused by name."""

    async def connects():
        await asyncio.open_connection("127.0.0.1", 9)

    with pytest.raises(RuntimeError, match="no network in a simulation"):
        run(connects())


def test_there_are_no_signals():
    """A handler of signals is refused by name, and not as what is still to be written."""

    async def handles():
        asyncio.get_running_loop().add_signal_handler(15, print)

    with pytest.raises(RuntimeError, match="no signal comes to a simulation"):
        run(handles())


def test_virtual_time_takes_no_real_time():
    """A year of sleeping costs less processor time than a second would last."""

    async def year():
        for _ in range(365):
            await asyncio.sleep(86_400)

    began = time.process_time()
    run(year())
    assert time.process_time() - began < 1


def test_it_runs_inside_another_loop():
    """In a notebook or a page a loop is running already; this one steps out of it and back in."""

    async def outer():
        inner = run(asyncio.sleep(3600, "inner"))
        await asyncio.sleep(0)
        return inner, asyncio.current_task() is not None

    assert asyncio.run(outer()) == ("inner", True)
