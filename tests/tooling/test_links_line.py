"""A line to a peer: it is put a request, asks meanwhile, and whatever else it says is foul."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress

import pytest

from halfway.links.line import Line
from halfway.sim.errors import FoulError, GoneError

DONE = ["done", [1], None, None]


class Peer:
    """What a peer has said before it was asked, and what it was told."""

    def __init__(self, patience_s: float | None = None) -> None:
        self.heard, into = os.pipe()
        out, self.says = os.pipe()
        self.line = Line(into, out, patience_s)

    def say(self, *messages: object) -> None:
        """Says these, each on a line."""
        os.write(self.says, b"".join(json.dumps(one).encode() + b"\n" for one in messages))

    def told(self) -> list[object]:
        """What it was told up to now."""
        return [json.loads(line) for line in os.read(self.heard, 65_536).splitlines()]

    def close(self) -> None:
        """Hangs up."""
        for descriptor in (self.heard, self.says, self.line.into, self.line.out):
            with suppress(OSError):
                os.close(descriptor)


@pytest.fixture
def peer() -> Iterator[Peer]:
    """A peer that is patient."""
    peer = Peer(patience_s=0.05)
    yield peer
    peer.close()


def test_what_is_put_goes_with_the_next_request(peer: Peer) -> None:
    """Nothing is sent for what asks for no answer; it comes before the request, in its order."""
    peer.say(DONE)
    peer.line.put(["one"])
    peer.line.put(["two"])
    assert peer.line.ask(["three"]) == [1]
    assert peer.told() == [["one"], ["two"], ["three"]]


def test_whoever_was_killed_says_no_more_than_its_end(peer: Peer) -> None:
    """Two ends where one is owed: the second one is out of turn, and no answer to the next request."""
    peer.line.crash()
    peer.say(DONE, DONE)
    with pytest.raises(FoulError, match="out of turn"):
        peer.line.call(["go"], lambda message: ["value"])


def test_the_end_that_is_owed_comes_first(peer: Peer) -> None:
    """One line for the lifetime that was killed, then one for the request."""
    peer.line.crash()
    peer.say(["done", ["of the dead"], None, None])
    with pytest.raises(GoneError, match="said nothing"):
        peer.line.ask(["go"])
    assert peer.told() == [["crash"], ["go"]]


def test_what_a_port_of_ours_raises_is_not_the_peers_fault(peer: Peer) -> None:
    """An error from where the judge works is its own; one from taking a message apart is foul."""

    def works(message: object) -> object:
        raise KeyError("a port of ours")

    peer.say(["port", [], None])
    with pytest.raises(KeyError, match="a port of ours"):
        peer.line.call(["go"], works)


@pytest.mark.parametrize(
    "said", [b"{'a'}\n", b"7\n", b"[1]\n", b"[1,2,3]\n[1,2,3]\n", b"[" * 100_000 + b"\n"]
)
def test_what_is_no_message_is_foul(peer: Peer, said: bytes) -> None:
    """No JSON, no list, no length that a message has, two at once, too deep: foul, each of them."""
    os.set_blocking(peer.says, False)
    os.write(peer.says, said[:60_000] + b"\n" * (len(said) > 60_000))
    with pytest.raises(FoulError):
        peer.line.ask(["go"])


def test_whoever_hangs_up_is_gone(peer: Peer) -> None:
    """The end of what it says, and nobody to tell: both mean that its process ended."""
    os.close(peer.says)
    with pytest.raises(GoneError, match="ended"):
        peer.line.ask(["go"])
    os.close(peer.heard)
    with pytest.raises(GoneError, match="ended"):
        peer.line.ask(["go"])
