"""What a command says when it cannot do its work: what happened, where, and the next command."""

from __future__ import annotations

from halfway.cli.codes import Exit


class Problem(Exception):
    """Ends the command with a message and an exit code; never with a traceback."""

    def __init__(self, what: str, where: str = "", next_step: str = "", code: Exit = Exit.USAGE) -> None:
        super().__init__(what)
        self.what, self.where, self.next_step, self.code = what, where, next_step, code

    def __str__(self) -> str:
        return "\n".join(line for line in (self.what, self.where, self.next_step) if line)
