"""No unit needs a process of its own: one that is started is refused, by name."""

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


class ProcessRefusedError(RuntimeError):
    """The learner's code started a process."""


def process_refuser(is_theirs: Callable[[], bool]) -> Callable[[str, tuple[Any, ...]], None]:
    """Gives an audit hook that refuses processes while `is_theirs()`: asked two frames above itself."""

    def refuse(event: str, args: tuple[Any, ...]) -> None:
        if event in PROCESS_EVENTS and is_theirs():
            raise ProcessRefusedError(f"your code starts a process ({event}), and this unit needs none")

    return refuse
