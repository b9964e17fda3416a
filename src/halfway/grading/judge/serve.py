"""Serves one request in this process: the suite of one unit, run by pytest against one file, told as events.

A request is a dict; events are lines of JSON, written to one descriptor:

    importing                 the learner's file is about to run for the first time
    troubled   trouble        it cannot be run
    unusual    modules        it imports what no unit needs
    started    id             a promise begins to be checked
    ended      result         and has ended
    reached    limit, frames  a limit was reached, here in the learner's code
    later      seconds        the limit on time is put off by so much: others had the processor
    fault      text           the checker itself failed
    finished                  nothing more comes
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from halfway.grading import submission
from halfway.grading.judge import examples, plugin
from halfway.grading.submission import Trouble
from halfway.grading.verdict import PromiseResult, promise_to_dict
from halfway.links.guard import Frames, Guard, Limits

_UNWANTED = """
    terminal capture cacheprovider faulthandler unraisableexception threadexception doctest junitxml
    pastebin stepwise setuponly setupplan debugging recwarn logging warnings unittest tmpdir legacypath
    subtests reports skipping
""".split()  # noqa: SIM905 - twenty words read better than twenty strings
_EXAMPLES_NEED = frozenset(("recwarn", "tmpdir", "skipping"))
Write = Callable[[bytes], object]
_OK = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED)


class Events:
    """Writes events, each as one line; a timer that rings meanwhile waits."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self.guard: Guard | None = None

    def send(self, event: str, **data: Any) -> None:
        """Sends one event."""
        self.pass_on(json.dumps({"event": event, **data}).encode() + b"\n")

    def pass_on(self, line: bytes) -> None:
        """Sends an event that is a line already."""
        if self.guard is not None:
            self.guard.busy = True
        try:
            self._write(line)
        finally:
            if self.guard is not None:
                self.guard.busy = False


class Telling:
    """A pytest plugin, and the judge's listener: what happens becomes events."""

    __name__ = plugin.LISTENER  # what pytest registers it as

    def __init__(self, events: Events, guard: Guard, request: dict[str, Any], path: Path) -> None:
        self._session: pytest.Session | None = None
        self.silent = False
        self.take(events, guard, request, path)

    def take(self, events: Events, guard: Guard, request: dict[str, Any], path: Path) -> None:
        """From now on this request is served."""
        self._events, self.guard = events, guard
        self._path, self._file = path, str(request["file"])
        self._is_examples = request["suite"] == "examples"
        self.promises = [(str(id), str(text)) for id, text in request["promises"]]
        self.link, self._order = str(request["link"]), int(request["order"])
        self.secret = str(request["secret"])

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self._session = session

    # ---- the judge's

    def started(self, id: str) -> None:
        """A promise begins."""
        self.guard.forget_output()
        self._events.send("started", id=id)

    def ended(self, result: PromiseResult) -> None:
        """A promise has its result."""
        self._events.send("ended", result=promise_to_dict(result))
        if self.guard.reached and self._session is not None:
            self._session.shouldstop = "a limit was reached"

    def take_over(self, lines: list[str], printed: int) -> None:
        """Another process has found a promise kept, has told these lines, and so many bytes were printed."""
        for line in lines:
            self._events.pass_on(line.encode())
        self.guard.count_output(printed)

    def troubled(self, trouble: Trouble) -> None:
        """The file cannot be run: nothing else is worth telling."""
        self._events.send("troubled", trouble=asdict(trouble))
        self.silent = True
        if self._session is not None:
            self._session.shouldstop = "the file cannot be run"

    def imports(self, unusual: list[str]) -> None:
        """The file imports what no unit needs: whoever reads the verdict may want to know."""
        self._events.send("unusual", modules=unusual)

    def tell_importing(self) -> None:
        """The learner's file is about to run for the first time."""
        self._events.send("importing", cpu_s=time.process_time())

    # ---- pytest's

    def run(
        self,
        arguments: list[str],
        *others: object,
        standing: AbstractContextManager[object] = nullcontext(),  # noqa: B008 - it holds nothing
    ) -> None:
        """Runs pytest while a guard is `standing`, and tells what happens up to the end."""
        try:
            with standing:
                code = pytest.main(arguments, plugins=[plugin, self, *others])
            if code not in _OK and not self.silent and not self.guard.reached:
                said = self.guard.output()[-300:].strip()
                self._events.send("fault", text=f"pytest ended with {code!r}: {said}")
        except BaseException as error:
            if not self.guard.reached:
                with suppress(MemoryError):
                    self._events.send("fault", text=_told(error))
        self._events.send("finished")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self._order:
            Random(self._order).shuffle(items)  # noqa: S311 - another order, the same one each time

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Any:
        if not self._is_examples or not isinstance(item, pytest.Function):
            return (yield)
        self.started(item.originalname)
        error: BaseException | None = None
        try:
            yield
        except BaseException as e:
            error = e
        if isinstance(error, MemoryError):
            self.guard.drop_ballast()
            error.__traceback__ = None
        module = Path(self._file).stem
        self.ended(
            examples.result(
                item.originalname, _claim(item), error, self._path, module, item.path, self.guard.output()
            )
        )
        return None

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Any:
        report = yield
        call = getattr(report, "call", None)
        if not report.failed or self.silent or call is None or call.excinfo is None:
            return report
        error = _cause(call.excinfo.value)
        trouble = examples.missing_name(error, self._path.name) if self._is_examples else None
        if trouble is not None:
            self.troubled(trouble)
        else:
            self._events.send("fault", text=_told(error))
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        report = yield
        if report.failed and call.when != "call" and call.excinfo is not None and not self.guard.reached:
            self._events.send("fault", text=_told(call.excinfo.value))
        if self._is_examples and isinstance(item, pytest.Function):
            self._tell_skipped(item, report)
        return report

    def _tell_skipped(self, item: pytest.Function, report: Any) -> None:
        """An example says itself where it cannot run, such as in a page, which has no threads."""
        if report.skipped and report.when == "setup":
            why = str(report.longrepr[2]).removeprefix("Skipped: ")
            self.ended(PromiseResult(item.originalname, _claim(item), "not_reached", why))

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        if not self.guard.reached:
            self._events.send("fault", text=_told(excinfo.value))


def _claim(item: pytest.Function) -> str:
    """Gives what a test says of itself, as one line."""
    return " ".join((item.obj.__doc__ or "").split())


def _cause(error: BaseException) -> BaseException:
    """Gives what made a collection fail, where pytest has wrapped it in its own words."""
    wrapped = isinstance(error, pytest.Collector.CollectError) and error.__cause__ is not None
    return error.__cause__ if wrapped and error.__cause__ is not None else error


def _told(error: BaseException) -> str:
    """Says what of ours failed, and where, for the author who repairs it."""
    place, traceback = "", error.__traceback__
    while traceback is not None:
        place = f" ({Path(traceback.tb_frame.f_code.co_filename).name}, line {traceback.tb_lineno})"
        traceback = traceback.tb_next
    return f"{type(error).__name__}: {submission.text_of(error)}{place}"


def _arguments(request: dict[str, Any]) -> list[str]:
    is_examples = request["suite"] == "examples"
    unwanted = [name for name in _UNWANTED if not (is_examples and name in _EXAMPLES_NEED)]
    folder = Path(request["tests"]).parent  # as far up as pytest looks, or it lists every folder above
    arguments = [
        request["tests"],
        "--import-mode=importlib",
        f"--rootdir={folder}",
        f"--confcutdir={folder}",
        f"-c{os.devnull}",
        "--noconftest",
        f"--assert={'rewrite' if is_examples else 'plain'}",
        "--disable-plugin-autoload",
        f"--submission={request['submission']}",
        *(f"-pno:{name}" for name in unwanted),
    ]
    return arguments + ([f"--replay={request['replay']}"] if request["replay"] else [])


def serve(request: dict[str, Any], write: Write, began: float) -> None:
    """Runs the suite of `request` and tells what happens. Its time counts from `began` (monotonic)."""
    # Suites are ours and may be cached; nothing appears in a learner's folder.
    sys.dont_write_bytecode = request["suite"] == "examples"
    telling = Telling(*_told_to(write, request))
    _stand(telling, request, began)
    telling.run(_arguments(request))


def serve_collected(
    request: dict[str, Any],
    wait: Callable[[], tuple[dict[str, Any], Write]],
    other: Any = None,
) -> None:
    """Collects the suite of `request` ahead of being asked; then serves what `wait` gives.

    That differs from the first one in its submission, its limits, and what is secret. `other` is a plugin
    for pytest that is given what tells of promises: the side of this process where a second one helps.
    """
    telling = Telling(*_told_to(lambda data: None, request))
    others = [] if other is None else [other]
    for each in others:
        each.telling = telling

    class Waiting:
        @pytest.hookimpl(tryfirst=True)
        def pytest_runtestloop(self, session: pytest.Session) -> None:
            asked, write = wait()
            telling.take(*_told_to(write, asked))
            session.config.option.submission = asked["submission"]
            _stand(telling, asked, asked["began"])

    _forget_environment()
    telling.run(_arguments(request), Waiting(), *others)


def _told_to(write: Write, request: dict[str, Any]) -> tuple[Events, Guard, dict[str, Any], Path]:
    path = Path(request["submission"])
    events = Events(write)
    names = submission.names_of(path, Path(request["file"]).stem)
    guard = Guard(Limits(**request["limits"]), names.__contains__, partial(tell_reached, events))
    events.guard = guard
    guard.put_off = partial(tell_later, events)
    return events, guard, request, path


def _forget_environment() -> None:
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)


def _stand(telling: Telling, request: dict[str, Any], began: float) -> None:
    _forget_environment()
    telling.guard.stand(request["limits"]["seconds"] - (time.monotonic() - began))
    telling.tell_importing()


def run_suite(
    request: dict[str, Any],
    path: Path,
    events: Events,
    guard: Guard,
    standing: AbstractContextManager[object],
) -> None:
    """Runs the suite of `request` while its guard is `standing`, and tells what happens up to the end."""
    Telling(events, guard, request, path).run(_arguments(request), standing=standing)


def warm_up() -> None:
    """Runs a suite of our own, silently, so that everything a learner would wait for has been used once."""
    arguments = [
        str(Path(__file__).with_name("warm_up_suite.py")),
        "--import-mode=importlib",
        f"--confcutdir={Path(__file__).parent}",
        f"-c{os.devnull}",
        "--noconftest",
        "--assert=plain",
        "--disable-plugin-autoload",
        *(f"-pno:{name}" for name in _UNWANTED),
    ]
    with suppress(Exception):
        pytest.main(arguments, plugins=[plugin])


def tell_later(events: Events, seconds: float) -> None:
    """Tells by how much the limit on time is put off, if it is."""
    if seconds > 0:
        events.send("later", seconds=round(seconds, 3))


def tell_reached(events: Events, limit: str, frames: Frames) -> None:
    """Tells that a limit was reached, and where."""
    events.send("reached", limit=limit, frames=frames)
