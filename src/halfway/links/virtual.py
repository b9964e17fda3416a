"""Plain coroutines in virtual time, without a judge: for public examples and for tests."""

from halfway.subject.loop import HungError
from halfway.subject.run import run

__all__ = ["HungError", "run"]
