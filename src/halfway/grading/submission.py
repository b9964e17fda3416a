"""The learner's file: which one it is, and whether it can be run at all."""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from halfway.grading.verdict import Frame

SOURCE_BYTES_MAX = 1_000_000
GUARD = (
    'below `if __name__ == "__main__":` a line runs when you start the file, and not when somebody imports it'
)
_RUNS_A_LOOP = re.compile(
    r"^(?!(?:async|class|def|from|import)\b)(?:\w[^#\n]*)?\basyncio\.run\(", re.MULTILINE
)
_RUNS_A_CALL = re.compile(r"(?!(from|import|def|async|class)\b)\w.*\(")
_TOLD = {
    "EOFError": "it asks for input, and nobody is at the keyboard",
    "BdbQuit": "it waits for a debugger, and nobody is at the keyboard",
}


@dataclass(frozen=True)
class Trouble:
    """Why a file cannot be graded, as a learner reads it."""

    saw: str
    ask: str = ""
    frames: tuple[Frame, ...] = ()
    note: str = ""


class TroubleError(Exception):
    """The file cannot be graded."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.saw)
        self.trouble = trouble


def locate(submission: Path, slug: str, file: str) -> Path:
    """Gives the learner's file in `submission`: the file itself, its folder, or a folder of units."""
    if not submission.is_dir():
        return submission
    inside = submission / slug / file
    return inside if inside.is_file() else submission / file


def inner_name(module: str) -> str:
    """Gives the file name under which a learner's source is compiled: the same on every machine."""
    return f"<{module}.py>"


def names_of(path: Path, module: str) -> frozenset[str]:
    """Gives the file names that frames of the learner's code carry."""
    return frozenset((str(path), str(path.resolve()), inner_name(module)))


def frames_with_text(frames: Iterable[tuple[int, str]], source: str) -> tuple[Frame, ...]:
    """Gives frames with the text of their lines."""
    lines = source.splitlines()
    return tuple(
        Frame(line, function, lines[line - 1].strip() if 0 < line <= len(lines) else "")
        for line, function in frames
    )


def read(path: Path) -> str:
    """Gives the source. Raises TroubleError where there is none."""
    try:
        data = path.read_bytes()
    except OSError as e:
        why = "is not there" if isinstance(e, FileNotFoundError) else f"cannot be read: {e.strerror}"
        note = "`halfway reset` brings the stub back"
        raise TroubleError(Trouble(f"{path.name} {why}", "where was it saved?", note=note)) from None
    if len(data) > SOURCE_BYTES_MAX:
        raise TroubleError(
            Trouble(f"{path.name} has {len(data):,} bytes; at most {SOURCE_BYTES_MAX:,} are read")
        )
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as e:
        line = data.count(b"\n", 0, e.start) + 1
        raise TroubleError(Trouble(f"{path.name}, line {line}, is not UTF-8 text")) from None


def _caret(text: str | None, offset: int | None) -> str:
    """Gives the line with a caret under the place where Python stopped reading."""
    if not text or not offset or "\n" in text.rstrip("\n"):
        return ""
    text = text.rstrip("\n").replace("\t", " ")
    indent = len(text) - len(text.lstrip())
    return f"{text.strip()}\n{' ' * max(0, offset - 1 - indent)}^"


def not_python(
    path: Path, source: str, said: str, line: int | None, offset: int | None, text: str | None
) -> Trouble:
    """Says, with line and caret, where the source is no Python."""
    frames = frames_with_text([(line, "")], source) if line else ()
    where = f"{path.name}, line {line}," if line else path.name
    return Trouble(f"{where} is not Python: {said}", "", frames, _caret(text, offset))


def strange(path: Path, kind: str, said: str) -> Trouble:
    """Says that the source does not compile, for a reason that has no line."""
    return Trouble(f"{path.name} does not compile: {kind}: {said}")


def compiled(source: str, path: Path, filename: str) -> types.CodeType:
    """Gives the code. Raises TroubleError, with line and caret, where the source is no Python."""
    try:
        return compile(source, filename, "exec", dont_inherit=True)
    except SyntaxError as e:
        raise TroubleError(not_python(path, source, e.msg, e.lineno, e.offset, e.text)) from None
    except (ValueError, RecursionError, MemoryError, OverflowError) as e:
        raise TroubleError(strange(path, type(e).__name__, str(e))) from None


def import_trouble(
    path: Path, source: str, kind: str, said: str, frames: Iterable[tuple[int, str]]
) -> Trouble:
    """Says, in a learner's words, why importing the file raised an error of this kind."""
    frames = list(frames)
    shown = frames_with_text(((line, "" if name == "<module>" else name) for line, name in frames), source)
    if kind == "ModuleNotFoundError":
        return Trouble(f"{path.name} imports what is not installed here: {said}", "", shown)
    if kind == "NotImplementedError":
        return Trouble(
            f"{path.name} calls, while it is imported, what is still to be written", "", shown, note=GUARD
        )
    if kind == "SystemExit":
        saw = f"{path.name} ends the process while it is imported (sys.exit)"
        return Trouble(saw, "what may a file do when somebody imports it?", shown, note=GUARD)
    told = (
        said
        if kind in ("HungError", "ProcessRefusedError")
        else _TOLD.get(kind, f"{kind}: {said}" if said else kind)
    )
    holder = frames[1][1] if len(frames) > 1 else ""
    if holder and re.search(rf"^\s*class {re.escape(holder)}\b", source, re.MULTILINE):
        saw = f"line {frames[1][0]} stands in the class {holder}, and runs while the class is made: {told}"
        return Trouble(saw, "how far is that line indented?", shown)
    if frames and _RUNS_A_CALL.match(frames_with_text(frames[:1], source)[0].text):
        saw = f"line {frames[0][0]} runs while {path.name} is imported: {told}"
        return Trouble(saw, "what may a file do when somebody imports it?", shown, note=GUARD)
    return Trouble(f"{path.name} does not import: {told}", "", shown)


def runs_at_import(source: str) -> str:
    """Says which line runs a whole program whenever somebody imports the file; "" for none."""
    found = _RUNS_A_LOOP.search(source)
    if found is None:
        return ""
    line = source.count("\n", 0, found.start()) + 1
    return (
        f"line {line} runs whenever somebody imports this file, its grader too, and they wait for its end: "
        f"{GUARD}"
    )


def text_of(error: BaseException) -> str:
    """Gives the text of an error, even of one that refuses to be printed."""
    try:
        return str(error)
    except Exception:
        return "(an error that cannot be printed)"


def frames_of_error(error: BaseException, theirs: frozenset[str]) -> list[tuple[int, str]]:
    """Gives (line, function) of the learner's own lines that an error passed, outermost first."""
    found, traceback = [], error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename in theirs:
            found.append((traceback.tb_lineno, code.co_name))
        traceback = traceback.tb_next
    return found[-6:]


@contextmanager
def standing_in(modules: Mapping[str, types.ModuleType]) -> Iterator[None]:
    """While this lasts, `import name` gives the module of that name; afterwards nothing of it is left."""
    before = {name: sys.modules.get(name) for name in modules}
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name, module in before.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module


def imported(path: Path, name: str, given: Mapping[str, str]) -> dict[str, types.ModuleType]:
    """Gives the learner's file and those given beside it as modules by name, registered nowhere.

    Raises TroubleError if the learner's does not import.
    """
    from halfway.links.virtual import importing  # whoever asks for verdicts needs no event loop

    source = read(path)
    code = compiled(source, path, str(path))
    modules = {each: types.ModuleType(each) for each in (*given, name)}
    module = modules[name]
    module.__file__ = str(path)
    with standing_in(modules):
        for each, text in given.items():
            exec(compile(text, inner_name(each), "exec", dont_inherit=True), modules[each].__dict__)  # noqa: S102 - the course's own
        try:
            with importing():
                exec(code, module.__dict__)  # noqa: S102 - running the learner's file is what this is for
        except (Exception, SystemExit, GeneratorExit) as error:
            frames = frames_of_error(error, names_of(path, name))
            raise TroubleError(
                import_trouble(path, source, type(error).__name__, text_of(error), frames)
            ) from None
    return modules
