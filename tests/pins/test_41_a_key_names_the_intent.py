"""What page 41 says about real systems, asked of those systems."""

import math
import os
import sqlite3
import subprocess
import sys
from typing import Any

import pytest

pytestmark = pytest.mark.pin


def printed(program: str, hash_seed: str) -> str:
    """What a new Python process prints that runs this program under this hash seed."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-S", "-c", program]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def keys_sent_by_stripe(creates: int, replies_lost: int) -> list[str]:
    """The keys of all requests of so many equal creates; of each, so many replies are lost."""
    import stripe

    class LossyClient(stripe.HTTPClient):  # type: ignore[misc,name-defined]
        name = "lossy"

        def __init__(self) -> None:
            super().__init__()
            self.keys: list[str] = []

        def _sleep_time_seconds(self, *_: Any, **__: Any) -> float:
            return 0.0

        def request(self, _method: str, _url: str, headers: Any, *_: Any, **__: Any) -> Any:
            self.keys.append(headers["Idempotency-Key"])
            if len(self.keys) % (replies_lost + 1):
                raise stripe.APIConnectionError("no reply", should_retry=True)
            return '{"id": "ch_1", "object": "charge"}', 200, {}

        def close(self) -> None:
            """Nothing is open."""

    http = LossyClient()
    client = stripe.StripeClient("sk_test_none", http_client=http, max_network_retries=replies_lost)
    for _ in range(creates):
        client.v1.charges.create({"amount": 1, "currency": "usd", "source": "tok_none"})
    return http.keys


def test_the_key_of_the_stripe_library_lives_for_one_call() -> None:
    """stripe-python makes a key itself: one for all attempts of a create, and another for the next create."""
    keys = keys_sent_by_stripe(creates=2, replies_lost=2)
    first, second = set(keys[:3]), set(keys[3:])
    assert len(keys) == 6
    assert len(first) == len(second) == 1
    assert first != second
    assert len(keys_sent_by_stripe(creates=1, replies_lost=0)) == 1


def test_sqlite_does_not_compare_what_came_with_a_key() -> None:
    """SQLite's ON CONFLICT DO NOTHING gives one answer to a repeat and to other work under a used key."""
    alerts = sqlite3.connect(":memory:")
    alerts.execute("CREATE TABLE alerts (key TEXT PRIMARY KEY, text TEXT NOT NULL)")

    def rows_written(text: str) -> int:
        insert = "INSERT INTO alerts VALUES ('disk-7', ?) ON CONFLICT DO NOTHING"
        return alerts.execute(insert, (text,)).rowcount

    try:
        assert [rows_written("92 % full"), rows_written("92 % full"), rows_written("on fire")] == [1, 0, 0]
        assert alerts.execute("SELECT key, text FROM alerts").fetchall() == [("disk-7", "92 % full")]
    finally:
        alerts.close()


def test_so_many_keys_make_an_even_chance_of_a_collision() -> None:
    """Of 77,000 keys of 8 hexadecimal digits, two are equal with a chance of one half."""
    all_differ = math.exp(sum(math.log1p(-taken / 16**8) for taken in range(77_000)))
    assert 1 - all_differ == pytest.approx(0.5, abs=0.005)


def test_hash_of_text_differs_from_process_to_process() -> None:
    """Two Python processes with their own salts have two hashes of one text."""
    assert printed("print(hash('disk-7'))", "1") != printed("print(hash('disk-7'))", "2")


def test_digests_and_name_based_uuids_are_equal_in_every_process() -> None:
    """Two Python processes with their own salts have one digest and one name-based UUID of one text."""
    program = (
        "import hashlib, uuid;"
        "print(hashlib.sha256(b'disk-7').hexdigest(), uuid.uuid5(uuid.NAMESPACE_URL, 'disk-7'))"
    )
    assert printed(program, "1") == printed(program, "2")
