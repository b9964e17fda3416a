"""Name an alert, so that a repeat can be told from a new alert."""

import json
from dataclasses import dataclass
from hashlib import blake2b
from typing import Protocol

__all__ = ("Alert", "Desk", "KeyReused", "Line", "Phone", "dedup_key", "publish")


@dataclass(frozen=True)
class Alert:
    """One call to one person.

    incident: a str.
    revision: an int from 1 to 2**63 - 1.
    recipient: a str.
    text: a str.

    Incident, revision and recipient say which alert it is; text is what it says.
    Each str is any text that UTF-8 can carry, short, long or empty; two spellings are two names.
    """

    incident: str
    revision: int
    recipient: str
    text: str


class Phone(Protocol):
    """The on-call phone service, seen from your side of the network. It knows keys."""

    async def ring(self, key: str, recipient: str, text: str) -> str:
        """Ring and give a receipt; stay quiet for a call that has rung under this key, and give its receipt.

        Of several calls under one key at the same time, one rings.
        It may take any time, and a receipt may be empty. Cancelled, it may have rung, and may take a while to
        end: then it raises CancelledError and nothing else, and rings no more.
        ConnectionRefusedError: nothing rang.
        TimeoutError, or any other ConnectionError: no reply came; it may have rung.
        KeyReused: the key has rung with another recipient or text; this time nothing rang.
        Any other error: nothing rang. This one, and KeyReused, end the same call in the same way again.
        """


class Line(Protocol):
    """The wire behind the service's desk. It knows no keys."""

    def ring(self, recipient: str, text: str) -> str:
        """Ring and give a receipt, or raise an Exception, such as ConnectionRefusedError, and stay quiet.

        A receipt may be empty.
        """


class KeyReused(Exception):
    """The key already names another call; nothing rang."""


def dedup_key(alert: Alert) -> str:
    """Give the key of this alert: the same in every attempt, every process and every year.

    alert: an Alert.

    The machine has no part in it either: its name, users, folders, file and module names, time zone,
    settings, environment, encodings, byte order, libraries and version of Python.
    Alerts that differ in incident, revision or recipient have different keys, whatever the names contain.
    Only chance may give two of them one key, in at most 1 of 2**64 pairs: a digest of 64 bits is enough.
    Alerts that differ in text alone have the same key.
    A key has 1 to 255 printable ASCII characters (a space is printable), whatever the names contain.
    """
    # JSON says where each name ends; the digest makes the result short and plain.
    intent = json.dumps([alert.incident, alert.revision, alert.recipient])
    return blake2b(intent.encode(), digest_size=16).hexdigest()


async def publish(alert: Alert, phone: Phone, attempts: int = 3) -> str:
    """Ring for this alert, and give the phone's receipt.

    alert: an Alert.
    phone: a Phone.
    attempts: an int of 1 or more.

    Calls the phone until it gives a receipt, at most `attempts` times: each call counts, a refused one too.
    It may wait between two calls, and need not.
    Every call carries the key of the alert, and its recipient and text.
    Tries again after every ConnectionError, a refusal too, and after TimeoutError.
    Lets the last of them through as it is: the same object, with nothing added and nothing taken away, but
    for a context that Python itself gives to an error that has none.
    Every other error goes through at once, and in the same way.
    So once it has rung, whoever publishes it again with a new text, and is answered, gets KeyReused:
    words that have to be heard anew are a new revision.
    It takes as long as the phone takes: a time limit is for the caller to set, who can cancel it.
    Cancelled at an await, whether the task counts it or not, it begins no further call. The one under way,
    the one whose ring() was called before, awaited or not, may be finished or given up.
    Then, however often it is cancelled meanwhile, it ends with CancelledError (that class, and no subclass),
    also when a receipt or an error comes as well. It does not change the task's count of cancels.

    Left behind: no call under way; without a receipt, the phone may have rung, once at most.
    Publish the same alert again, from any process, also at the same time: in all, the phone rings once.
    It may be called in any event loop and task, also in one that was cancelled before.
    No publish waits for another, of this alert or of any.
    """
    key = dedup_key(alert)
    for attempt in range(1, attempts + 1):
        try:
            return await phone.ring(key, alert.recipient, alert.text)
        except (ConnectionError, TimeoutError):
            if attempt == attempts:
                raise
    raise ValueError(f"publish makes at least one call, and attempts is {attempts}; give 1 or more")


class Desk:
    """Sits between callers and a line, and rings once for each key.

    It is given one call at a time. Two desks share nothing.
    """

    def __init__(self, line: Line) -> None:
        """Start with no key used, whatever other desks have heard.

        line: a Line.
        """
        self._line = line
        self._rung: dict[str, tuple[tuple[str, str], str]] = {}

    def ring(self, key: str, recipient: str, text: str) -> str:
        """Ring once for `key`, and answer every repeat with the first receipt.

        key: a str of 1 to 255 printable ASCII characters.
        recipient: a str.
        text: a str.

        Recipient and text are any text that UTF-8 can carry.
        A repeat does not reach the line, however late it comes, and however many keys came between.
        Raises KeyReused for a key that has rung with another recipient or text: nothing rings,
        and the key still names the call that came first.
        When the line raises an Exception, it goes through as it is, and the key is still unused.
        """
        call = (recipient, text)
        if key not in self._rung:
            # The line comes first: a call that it refuses leaves no trace here.
            receipt = self._line.ring(recipient, text)
            self._rung[key] = call, receipt
        first_call, first_receipt = self._rung[key]
        if call != first_call:
            raise KeyReused(f"key {key!r} already names another call; make a new key for new work")
        return first_receipt
