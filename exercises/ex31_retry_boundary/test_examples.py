"""To run while you work: two plans meet one phone. The hidden promises meet every story."""

from forecast import (
    CallFailed,
    Effect,
    Failure,
    Happened,
    happened,
    may_retry,
    once,
    rings,
    rings_unheard,
    settled,
    until_it_says_ok,
)


class RecordingPhone:
    """It can always be reached; the first `lost` of its answers never arrive."""

    def __init__(self, lost: int = 0) -> None:
        self.lost, self.calls, self.rang = lost, 0, 0
        self.keys: set[str] = set()

    def ring(self, key: str = "") -> str:
        self.calls += 1
        is_known = key in self.keys
        if not is_known:
            self.rang += 1
            self.keys |= {key} - {""}
        if self.calls <= self.lost:
            raise CallFailed(Failure.SILENCE)
        if is_known:
            raise CallFailed(Failure.ALREADY_RUNG)
        return "accepted"

    def ring_backup(self) -> str:
        return self.ring()


def test_a_call_that_never_left() -> None:
    """Where nobody listens, it has not rung, and the call may be made again."""
    assert happened(Failure.NOT_REACHED) is Happened.NO
    assert may_retry(Effect.RING, Failure.NOT_REACHED) is True
    assert settled(Failure.NOT_REACHED, Failure.BUSY) is Happened.NO


def test_one_call_can_ring() -> None:
    """`once` rings once where all goes well, so 1 is among its numbers."""
    phone = RecordingPhone()
    assert once(phone) == "accepted"
    assert phone.rang in rings("once")


def test_a_lost_answer_is_among_the_stories() -> None:
    """`until_it_says_ok` rings twice where one answer is lost, so 2 is among its numbers."""
    phone = RecordingPhone(lost=1)
    assert until_it_says_ok(phone) == "accepted"
    assert phone.rang in rings("until_it_says_ok")


def test_no_answer_at_all() -> None:
    """Where every answer is lost, `until_it_says_ok` has rung at each of its tries."""
    phone = RecordingPhone(lost=9)
    assert until_it_says_ok(phone) is None
    assert phone.rang == rings_unheard("until_it_says_ok")
