"""To run while you work. The hidden promises ask what happens on worse days than these."""

from keys import Alert, Desk, dedup_key, publish

from halfway.kit import run

FULL = Alert("disk-7", 1, "ana", "disk-7 is 92 % full")
SLOW = Alert("api-2", 1, "ana", "api-2 answers after 9 s")


class RecordingPhone:
    """Rings once for each key, and remembers every call; its first `lost` replies never arrive."""

    def __init__(self, lost: int = 0) -> None:
        self.lost = lost
        self.keys: list[str] = []
        self.receipts: dict[str, str] = {}

    async def ring(self, key: str, recipient: str, text: str) -> str:
        self.keys.append(key)
        self.receipts.setdefault(key, f"receipt-{len(self.receipts) + 1}")
        if len(self.keys) <= self.lost:
            raise TimeoutError("no reply")
        return self.receipts[key]


class RecordingLine:
    """Rings for everyone who asks, and remembers for whom."""

    def __init__(self) -> None:
        self.rang: list[tuple[str, str]] = []

    def ring(self, recipient: str, text: str) -> str:
        self.rang.append((recipient, text))
        return f"receipt-{len(self.rang)}"


def test_another_incident_has_another_key() -> None:
    """One alert has one key, and another alert has another."""
    assert dedup_key(FULL) == dedup_key(FULL)
    assert dedup_key(FULL) != dedup_key(SLOW)


def test_the_receipt_comes_back() -> None:
    """When the phone answers at once, it is called once."""
    phone = RecordingPhone()
    assert run(publish(FULL, phone)) == "receipt-1"
    assert len(phone.keys) == 1


def test_a_lost_reply_is_tried_again() -> None:
    """When the first reply is lost, the second call brings the same receipt."""
    phone = RecordingPhone(lost=1)
    assert run(publish(FULL, phone)) == "receipt-1"
    assert len(phone.keys) == 2


def test_two_keys_ring_twice() -> None:
    """The desk rings for each new key, and answers a repeat with the first receipt."""
    line = RecordingLine()
    desk = Desk(line)
    assert desk.ring("key-1", "ana", "disk-7 is 92 % full") == "receipt-1"
    assert desk.ring("key-2", "bob", "api-2 answers after 9 s") == "receipt-2"
    assert desk.ring("key-1", "ana", "disk-7 is 92 % full") == "receipt-1"
    assert len(line.rang) == 2
