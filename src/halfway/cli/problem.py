"""What a command says when it cannot do its work, and how it ends."""

from __future__ import annotations

from halfway.cli.codes import Exit
from halfway.errors import HalfwayError


class Problem(HalfwayError):
    """Ends the command with a message and an exit code; never with a traceback."""

    def __init__(self, what: str, where: str = "", next_step: str = "", code: Exit = Exit.USAGE) -> None:
        super().__init__(what, where, next_step)
        self.code = code
