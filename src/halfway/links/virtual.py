"""Coroutines in virtual time, without a judge: for public examples, for tests, while a file is imported."""

from halfway.subject.hosts import HungError
from halfway.subject.in_line import without_threads
from halfway.subject.run import importing, run

__all__ = ["HungError", "importing", "run", "without_threads"]
