"""What can end a story early, and whose fault it is."""

from halfway.errors import StopError


class CrashError(StopError):
    """This lifetime is over: the process was killed.

    A BaseException, so that nothing on the way takes it for an error to be handled.
    """


class BegunError(StopError):
    """After its call had ended, something of it began a call of a port: the text is that call."""


class FoulError(Exception):
    """The subject said what no subject says."""


class GoneError(FoulError):
    """The subject's process ended by itself, fell silent, or said something that is no message."""


class NotRepeatableError(Exception):
    """The same story, told again, went another way before anything unusual happened."""


class CappedError(Exception):
    """There are too many stories to tell them all: nothing is broken, and nothing is proved.

    `told` stories were told, and every one with fewer than `depth` faults.
    """

    def __init__(self, told: int, depth: int) -> None:
        super().__init__(
            f"{told:,} stories were told, and all with fewer than {depth} faults; there are more"
        )
        self.told, self.depth = told, depth


class UntoldError(Exception):
    """Two calls waited side by side, and the subject told of no turn in which either could have gone first.

    Only it can tell that, so what was not tried was not proved. `told` stories were told.
    """

    def __init__(self, told: int) -> None:
        super().__init__(f"{told:,} stories were told, and in none of them another task went first")
        self.told = told


class PortFailedError(Exception):
    """A port failed on what it was given: the text is the call, and what became of it."""


class CheckerFaultError(Exception):
    """Our own mistake: a suite or the kernel is wrong, and the learner pays nothing for it."""
