"""No unit needs a process of its own, and nobody is at the keyboard: who asks for one is refused, by name."""

from collections.abc import Callable
from typing import Any

PROCESS_EVENTS = frozenset(
    (
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "os.exec",
        "os.system",
        "os.startfile",
        "pty.spawn",
        "subprocess.Popen",
    )
)


KEYBOARD_EVENTS = {"builtins.input": "input()", "builtins.breakpoint": "breakpoint()"}


class ProcessRefusedError(RuntimeError):
    """The learner's code asked for a process, or for somebody at a keyboard."""


def refusal(event: str) -> str:
    """Says why what this audit event announces is refused; "" where it is not."""
    if event in PROCESS_EVENTS:
        return f"your code starts a process ({event}), and this unit needs none"
    if event in KEYBOARD_EVENTS:
        return f"your code stops to ask at the keyboard ({KEYBOARD_EVENTS[event]}), and nobody is there"
    return ""


def process_refuser(is_theirs: Callable[[], bool]) -> Callable[[str, tuple[Any, ...]], None]:
    """Gives an audit hook that refuses these while `is_theirs()`: asked two frames above itself."""

    def refuse(event: str, args: tuple[Any, ...]) -> None:
        if (why := refusal(event)) and is_theirs():
            raise ProcessRefusedError(why)

    return refuse
