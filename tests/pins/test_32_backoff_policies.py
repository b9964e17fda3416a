"""What page 32 says about real systems, asked of those systems."""

import asyncio
import os
import random
import time
from typing import Any

import pytest

pytestmark = pytest.mark.pin


def down() -> None:
    """A service that is down."""
    raise ConnectionError("refused")


def waits_of_tenacity(attempt: int, agents: int) -> set[float]:
    """The different waits of so many agents: 1 s, doubled up to 60 s, with up to 1 s of jitter."""
    import tenacity

    wait = tenacity.wait_exponential_jitter(initial=1, max=60, jitter=1)
    state: Any = tenacity.RetryCallState(None, None, (), {})  # type: ignore[arg-type]
    state.attempt_number = attempt
    return {wait(state) for _ in range(agents)}


def waits_of_stamina(monkeypatch: pytest.MonkeyPatch, agents: int, attempts: int) -> list[list[float]]:
    """What so many agents wait, one after the other, with the jitter of stamina: 1 s up to 60 s."""
    import stamina

    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    call = stamina.retry(on=ConnectionError, attempts=attempts, timeout=None, wait_initial=1, wait_max=60)(
        down
    )
    for _ in range(agents):
        with pytest.raises(ConnectionError):
            call()
    each = attempts - 1
    return [slept[at : at + each] for at in range(0, len(slept), each)]


def test_tenacity_brings_everybody_back_together_at_its_cap() -> None:
    """wait_exponential_jitter cuts what it drew: at its maximum a thousand agents have one wait."""
    assert len(waits_of_tenacity(3, agents=1_000)) > 900
    assert waits_of_tenacity(10, agents=1_000) == {60}


def test_stamina_brings_everybody_back_together_at_its_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    """stamina cuts what it drew, too: from the seventh wait on, fifty agents wait alike."""
    runs = waits_of_stamina(monkeypatch, agents=50, attempts=9)
    assert [len(set(waits)) > 40 for waits in zip(*runs, strict=True)] == [True] * 6 + [False] * 2
    assert {waits[7] for waits in runs} == {60}


def test_a_jitter_of_backoff_passes_its_own_maximum() -> None:
    """One jitter of backoff adds up to a second to every wait; the other can give no wait at all."""
    import backoff

    added = [backoff.random_jitter(60) for _ in range(10_000)]
    drawn = [backoff.full_jitter(60) for _ in range(10_000)]
    assert [round(min(added)), round(max(added))] == [60, 61]
    assert [round(min(drawn)), round(max(drawn))] == [0, 60]


def test_three_is_three_calls_or_four() -> None:
    """stop_after_attempt(3) of tenacity is three calls; Retry(total=3) of urllib3 is four."""
    import tenacity
    import urllib3

    calls: list[int] = []
    retrying = tenacity.Retrying(stop=tenacity.stop_after_attempt(3), wait=tenacity.wait_none())
    with pytest.raises(tenacity.RetryError):
        retrying(lambda: calls.append(1) or down())  # type: ignore[func-returns-value]
    assert len(calls) == 3

    retry, refused = urllib3.Retry(total=3), urllib3.exceptions.ConnectTimeoutError()
    tries = 1
    with pytest.raises(urllib3.exceptions.MaxRetryError):
        while True:
            retry = retry.increment("GET", "/", error=refused)
            tries += 1
    assert tries == 4


def test_celery_overflows_for_a_broken_factor() -> None:
    """After 5,000 attempts celery gives its maximum for a whole factor, and an error for a broken one."""
    from celery.utils.time import get_exponential_backoff_interval as interval

    assert interval(1, 5_000, 60) == 60
    with pytest.raises(OverflowError):
        interval(1.5, 5_000, 60)


def test_a_float_overflows_where_an_int_grows() -> None:
    """2.0 ** 1024 is an error, 2 ** 1024 is a number, and that number times a float is an error again."""
    with pytest.raises(OverflowError):
        min(60, 2.0 * 2.0**1024)
    assert min(60, 2 * 2**5_000) == 60
    with pytest.raises(OverflowError):
        min(60, 0.5 * 2**1024)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_fork_copies_what_chance_will_draw() -> None:
    """A random.Random made before a fork draws one number in every child; SystemRandom draws four in four."""
    assert len(drawn_by_children(random.Random())) == 1
    assert len(drawn_by_children(random.SystemRandom())) == 4


def drawn_by_children(rng: random.Random) -> set[str]:
    """What four children draw that were forked after this was made."""
    drawn = set()
    for _ in range(4):
        into, out = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(out, repr(rng.random()).encode())
            os._exit(0)
        os.waitpid(child, 0)
        drawn.add(os.read(into, 100).decode())
        os.close(into)
        os.close(out)
    return drawn


def test_a_cancel_is_no_exception() -> None:
    """asyncio's CancelledError is built on BaseException alone, so `except Exception` lets it through."""
    assert not issubclass(asyncio.CancelledError, Exception)
