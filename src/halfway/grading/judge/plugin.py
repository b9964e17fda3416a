"""The pytest plugin: `unit`, `story`, `every_story` for hidden suites, the right file for public examples.

Every pytest run in this environment has it, so it imports nothing until a unit of the course is met.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

    from halfway import kit
    from halfway.grading.judge.given import JudgedUnit
    from halfway.grading.judge.judge import Judge
    from halfway.grading.verdict import PromiseResult


LISTENER = "halfway-listener"
EXAMPLES = "test_examples.py"
JUDGE: pytest.StashKey[Judge] = pytest.StashKey()
RESULT: pytest.StashKey[PromiseResult] = pytest.StashKey()
MODULES: pytest.StashKey[dict[str, ModuleType]] = pytest.StashKey()


class NotKeptError(Exception):
    """A promise is not kept; its result says why."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("halfway", "Halfway, the course")
    group.addoption(
        "--submission",
        metavar="PATH",
        help="whose code to judge: a file, its folder, or a folder of units (default: the reference)",
    )
    group.addoption("--replay", metavar="STRING", help="tell one story again, as the verdict spells it")


def is_hidden_suite(path: Path) -> bool:
    """Is this file, by its place, the hidden suite of a unit?"""
    folders = path.parts[-4:-1]
    return len(folders) == 3 and folders[:2] == ("tests", "exercises") and folders[2].startswith("ex")


def is_examples(path: Path) -> bool:
    """Is this file, by its place, the public examples of a unit?"""
    return path.name == EXAMPLES and path.parts[-3:-2] == ("exercises",) and path.parts[-2].startswith("ex")


def judge_of(config: pytest.Config) -> Judge:
    """Gives the one judge of this run."""
    if JUDGE not in config.stash:
        from halfway.grading.judge.judge import Judge
        from halfway.grading.verdict import Replay

        given, replay = config.getoption("--submission"), config.getoption("--replay")
        try:
            read = Replay.read(replay) if replay else None
        except ValueError as e:
            raise pytest.UsageError(str(e)) from None
        listener = config.pluginmanager.get_plugin(LISTENER)
        config.stash[JUDGE] = Judge(Path(given).resolve() if given else None, read, listener)
    return config.stash[JUDGE]


def pytest_unconfigure(config: pytest.Config) -> None:
    if JUDGE in config.stash:
        config.stash[JUDGE].close()


# ---- hidden suites


@pytest.fixture
def unit(request: pytest.FixtureRequest) -> Generator[JudgedUnit, None, None]:
    """The learner's module, as a hidden suite sees it."""
    if not is_hidden_suite(request.path):
        raise pytest.UsageError(
            "the fixture `unit` belongs to the hidden suite of a unit (tests/exercises/ex..)"
        )
    without = getattr(request.module, "WITHOUT", {})
    unit = judge_of(request.config).unit(request.path, request.node.name, without)
    yield unit
    unit._end()


@pytest.fixture
def story(unit: JudgedUnit, request: pytest.FixtureRequest) -> kit.Story:
    """The one story in which nothing goes wrong."""
    return judge_of(request.config).story(unit)


@pytest.fixture
def every_story(unit: JudgedUnit, request: pytest.FixtureRequest) -> kit.EveryStory:
    """Every story, fewest faults first; called with the kinds of fault that it may hold."""
    return judge_of(request.config).every_story(unit)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--replay"):
        return
    replay = judge_of(config).replay
    if replay is None or not replay.promise:
        return
    left = []
    for item in items:
        if is_hidden_suite(item.path) and _number(item) != replay.promise:
            continue
        left.append(item)
    items[:] = left


def _number(item: pytest.Item) -> int:
    from halfway.catalog import promises_in

    names = [name for name, _ in promises_in(item.path)]
    name = getattr(item, "originalname", item.name)
    return names.index(name) + 1 if name in names else 0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    if isinstance(item, pytest.Function) and is_hidden_suite(item.path):
        return (yield from _judged(item))
    return (yield)


def _judged(item: pytest.Function) -> Generator[None, Any, None]:
    judge = judge_of(item.config)
    listener = judge.listener
    if listener is not None:
        listener.started(item.originalname)
    error: BaseException | None = None
    try:
        yield
    except KeyboardInterrupt as e:
        if listener is None:
            raise  # somebody at a terminal means us
        error = e
    except BaseException as e:
        error = e
    result = judge.result(item, error)
    item.stash[RESULT] = result
    if listener is not None:
        listener.ended(result)  # who listens knows now; pytest's own account of it would take as long again
    elif not result.kept:
        raise NotKeptError(result.saw) from None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, Any, Any]:
    with _stand_in(item):
        done = yield
    if JUDGE in item.config.stash and (nextitem is None or nextitem.path != item.path):
        # Leaving a unit: its module goes, and clocks that stood still for it go on.
        item.config.stash[JUDGE].close()
    return done


# ---- public examples


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    is_ours = isinstance(collector, pytest.Module) and is_examples(collector.path)
    why = _load(collector) if is_ours else ""
    with _stand_in(collector):
        report = yield
    return pytest.CollectReport(collector.nodeid, "failed", why, []) if why else report


def _load(collector: pytest.Collector) -> str:
    """Loads the module that the examples are about, or says why it cannot be."""
    from halfway import catalog
    from halfway.grading import submission

    files = catalog.UnitFiles(collector.path.parent.name, collector.path.parents[2])
    given = collector.config.getoption("--submission")
    path = submission.locate(Path(given).resolve(), files.slug, files.file) if given else files.stub
    try:
        name = Path(files.file).stem
        collector.stash[MODULES] = submission.imported(path, name, files.given_sources())
    except submission.TroubleError as e:
        listener = collector.config.pluginmanager.get_plugin(LISTENER)
        if listener is not None:
            listener.troubled(e.trouble)
        where = "".join(f"\n  line {frame.line}: {frame.text}" for frame in e.trouble.frames)
        return e.trouble.saw + where + (f"\n{e.trouble.note}" if e.trouble.note else "")
    return ""


def _stand_in(node: pytest.Item | pytest.Collector) -> AbstractContextManager[None]:
    """While this lasts, the names of the learner's module and of given ones mean those of this unit."""
    collector = node.getparent(pytest.Module)
    if collector is None or MODULES not in collector.stash:
        return nullcontext()
    from halfway.grading.submission import standing_in

    modules = collector.stash[MODULES]
    return standing_in(modules)
