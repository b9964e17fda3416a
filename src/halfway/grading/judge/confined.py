"""The judge of a submission that nobody trusts: nothing of it is compiled or run in the judge's process."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from halfway import kit
from halfway.grading import submission
from halfway.grading.judge import endings
from halfway.grading.submission import Trouble, TroubleError
from halfway.links.guard import Guard, OutOfMemoryError
from halfway.sim.answers import MALFORMED

if TYPE_CHECKING:
    from halfway.links.sandbox.link import Pool


class ImportsListener(Protocol):
    """Who hears what a submission imports."""

    guard: Guard | None

    def imports(self, unusual: list[str]) -> None: ...


def linked(source: str, path: Path, name: str, listener: ImportsListener, given: Mapping[str, str]) -> Pool:
    """Gives the link to sandboxes. Raises TroubleError if the file cannot be run."""
    from halfway.links.sandbox import pools

    assert listener.guard is not None, "who listens to a confined verdict guards it"
    link = pools.pool(source, name, listener.guard, given)
    looked = link.look()
    if "syntax" in looked:
        raise TroubleError(submission.not_python(path, source, *looked["syntax"]))
    if "strange" in looked:
        raise TroubleError(submission.strange(path, *looked["strange"]))
    listener.imports([str(module) for module in looked["unusual"]])
    trouble = _import_trouble(link, path, listener.guard)
    if trouble is not None:
        raise TroubleError(trouble)
    return link


def _import_trouble(link: Pool, path: Path, guard: Guard) -> Trouble | None:
    try:
        failed = link.try_import()
        if failed is None:
            return None
        frames = [(int(line), str(function)) for line, function in failed["frames"][-6:]]
        kind, said = str(failed["mro"][0]), str(failed["said"])
    except kit.FoulError as error:
        return Trouble(f"{error}, while your file was imported", endings.EXIT_ASK)
    except MALFORMED:
        return Trouble("your code's process said what no program says, while your file was imported")
    except BaseException as error:
        raise limit_of(error, guard) from None
    return submission.import_trouble(path, link.source, kind, said, frames)


def limit_of(error: BaseException, guard: Guard | None) -> BaseException:
    """Gives the error of the limit that a process elsewhere says it reached; any other error as it is."""
    from halfway.links.sandbox.link import ReachedError

    if not isinstance(error, ReachedError):
        return error
    if error.limit == "memory" or guard is None:
        return OutOfMemoryError(error.frames)
    guard.note_reached(error.limit, error.frames)
    return guard.limit()
