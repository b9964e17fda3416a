"""How Halfway says that it cannot do something, and how it ends what runs."""

from __future__ import annotations


class StopError(BaseException):
    """Ends what runs, whosever code is on the way: a process that is over, a limit, a story that is decided.

    What else a learner's code lets out is an ending of that code, of whichever class it is.
    """


class HalfwayError(Exception):
    """Something cannot be done; its text has a line each for what, where, and what to do next."""

    def __init__(self, what: str, where: str = "", next_step: str = "") -> None:
        super().__init__(what)
        self.what, self.where, self.next_step = what, where, next_step

    def __str__(self) -> str:
        return "\n".join(line for line in (self.what, self.where, self.next_step) if line)
