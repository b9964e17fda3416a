"""Plain coroutines in virtual time, without a judge: for public examples and for tests."""

from halfway.subject.loop import HungError, run

__all__ = ["HungError", "run"]
