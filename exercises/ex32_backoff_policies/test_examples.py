"""To run while you work. The hidden promises ask about long outages, odd errors and many agents at once."""

import random

from backoff import ExponentialBackoff, FixedRetry


def test_a_fixed_policy_waits_its_delay() -> None:
    """Of three attempts two are followed by another one, each after the same wait."""
    policy = FixedRetry(3, delay=5)
    assert [policy.should_retry(attempt, ConnectionError()) for attempt in (1, 2, 3)] == [True, True, False]
    assert [round(policy.next_delay(attempt), 6) for attempt in (1, 2)] == [5, 5]


def test_waits_double_up_to_the_cap() -> None:
    """Without jitter the waits are 2, 4, 8 and so on, until they are 60."""
    policy = ExponentialBackoff(max_attempts=9, jitter=False)
    waits = [round(policy.next_delay(attempt), 6) for attempt in range(1, 9)]
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]


def test_jitter_moves_a_wait() -> None:
    """A wait of 4 s becomes one of 2 to 6 s, and two draws differ."""
    policy = ExponentialBackoff(rng=random.Random(7))
    first, second = policy.next_delay(2), policy.next_delay(2)
    assert 2 <= first <= 6
    assert 2 <= second <= 6
    assert first != second


def test_only_named_errors_are_tried_again() -> None:
    """A policy for errors of the network says no to an error of the programmer."""
    policy = ExponentialBackoff(retry_on=(ConnectionError, TimeoutError))
    assert policy.should_retry(1, TimeoutError("no reply"))
    assert not policy.should_retry(1, ValueError("no such incident"))
