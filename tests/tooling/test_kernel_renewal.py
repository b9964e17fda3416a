"""A new process is a new module, whatever the old one tried to keep in it."""

import pytest
from kernel_cases import only_story, unit_of

from halfway.links.pipe import Pipe

# Each counts its calls in some place of its module. A new process counts from one.
KEEPERS = {
    "a global": "n = 0\ndef work():\n    global n\n    n += 1\n    return n",
    "a global of another type": "n = None\ndef work():\n    global n\n    n = (n or 0) + 1\n    return n",
    "a list": "seen = []\ndef work():\n    seen.append(1)\n    return len(seen)",
    "a dict in a tuple": "seen = ({},)\ndef work():\n    seen[0][len(seen[0])] = 1\n    return len(seen[0])",
    "a default": "def work(seen=[]):\n    seen.append(1)\n    return len(seen)",
    "a keyword default": "def work(*, seen={}):\n    seen[len(seen)] = 1\n    return len(seen)",
    "an attribute of a function": "def work():\n    work.n = getattr(work, 'n', 0) + 1\n    return work.n",
    "an attribute of a class": "class C:\n    n = 0\ndef work():\n    C.n += 1\n    return C.n",
    "a new attribute of a class": "class C: pass\ndef work():\n    C.n = getattr(C, 'n', 0) + 1\n    return C.n",
    "a list in a class": "class C:\n    seen = []\ndef work():\n    C.seen.append(1)\n    return len(C.seen)",
    "a class in a class": "class A:\n    class B:\n        n = 0\ndef work():\n    A.B.n += 1\n    return A.B.n",
    "a static method": "class C:\n    @staticmethod\n    def f(seen=[]):\n        seen.append(1)\n        return len(seen)\ndef work():\n    return C.f()",
    "an attribute of a method": "class C:\n    def f(self): pass\ndef work():\n    C.f.n = getattr(C.f, 'n', 0) + 1\n    return C.f.n",
    "a property": "class C:\n    @property\n    def f(self):\n        C.f.fget.n = getattr(C.f.fget, 'n', 0) + 1\n        return C.f.fget.n\ndef work():\n    return C().f",
    "a closure": "def make():\n    n = 0\n    def work():\n        nonlocal n\n        n += 1\n        return n\n    return work\nwork = make()",
    "a cache": "import functools\n@functools.cache\ndef made():\n    return []\ndef work():\n    made().append(1)\n    return len(made())",
    "a frozen dataclass with a list": "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass C:\n    seen: list\nKEPT = C([])\ndef work():\n    KEPT.seen.append(1)\n    return len(KEPT.seen)",
    "an instance": "class C:\n    n = 0\nKEPT = C()\ndef work():\n    KEPT.n += 1\n    return KEPT.n",
    "a generator": "import itertools\ncount = itertools.count(1)\ndef work():\n    return next(count)",
    "a context variable": "import contextvars\nv = contextvars.ContextVar('v', default=0)\ndef work():\n    v.set(v.get() + 1)\n    return v.get()",
    "a value that equals everything": "class C:\n    n = 0\n    def __eq__(self, other): return True\nKEPT = None\ndef work():\n    global KEPT\n    KEPT = KEPT or C()\n    KEPT.n += 1\n    return KEPT.n",
    "a context manager": "import contextlib\n@contextlib.contextmanager\ndef held(): yield\ndef work():\n    held.n = getattr(held, 'n', 0) + 1\n    return held.n",
    "an enum member": "import enum\nclass C(enum.Enum):\n    A = 1\ndef work():\n    C.A.n = getattr(C.A, 'n', 0) + 1\n    return C.A.n",
    "a default of an initialiser": "class C:\n    def __init__(self, seen={}):\n        seen[len(seen)] = 1\n        self.n = len(seen)\ndef work():\n    return C().n",
    "an initialiser": "class Base:\n    def __init__(self): self.x = 1\nclass C(Base):\n    def __init__(self):\n        super().__init__()\n        C.n = getattr(C, 'n', 0) + 1\ndef work():\n    C()\n    return C.n",
}


@pytest.mark.parametrize("source", KEEPERS.values(), ids=KEEPERS.keys())
def test_nothing_in_a_module_outlives_its_process(source):
    """Twice in one process counts to two; the next process begins at one again."""
    with unit_of(source) as unit:
        story, counts = only_story(unit), []
        for _ in range(3):
            with story.process():
                counts.append((unit.work(), unit.work()))
    assert counts == [(1, 2)] * 3


def test_the_same_holds_over_a_pipe():
    """In another process, too, a new lifetime is a new module."""
    with unit_of(KEEPERS["a list"], link=Pipe) as unit:
        story = only_story(unit)
        for _ in range(2):
            with story.process():
                assert unit.work() == 1


UNCHANGED = """
    import asyncio, contextlib, datetime, enum, random, re
    from dataclasses import dataclass, field
    from random import uniform
    from typing import NamedTuple, Protocol, TypeVar

    __all__ = ["work", "Alert"]
    T = TypeVar("T")
    LIMIT_S, NAMES, UNIT = 3.5, ("a", "b"), frozenset({1})
    PATTERN, DAY, MISSING = re.compile("x"), datetime.timedelta(days=1), object()

    class Phone(Protocol):
        async def ring(self, key: str) -> None: ...

    class State(enum.Enum):
        OPEN = "open"

    class Gone(LookupError):
        def __init__(self, key):
            super().__init__(f"{key} is gone")

    @dataclass(frozen=True)
    class Alert:
        name: str
        state: State = State.OPEN
        seen: dict = field(default_factory=dict)

        @property
        def key(self) -> str:
            return self.name

        @classmethod
        def of(cls, name: str) -> "Alert":
            return cls(name)

    class Point(NamedTuple):
        x: int = 0

    @dataclass(frozen=True)
    class Line:
        begin: Point = Point(1)

    ORIGIN = (Point(), Line())

    @contextlib.asynccontextmanager
    async def held():
        yield

    def work() -> int:
        return id(Alert), repr(Alert.of("a")), PATTERN.pattern
"""


def test_a_module_of_constants_functions_and_classes_is_not_executed_again():
    """What cannot have changed is as good as new: its very classes are those of the process before."""
    with unit_of(UNCHANGED) as unit:
        story, seen = only_story(unit), set()
        for _ in range(5):
            with story.process():
                seen.add(unit.work())
    assert len(seen) == 1


def test_a_module_that_failed_is_imported_anew_for_each_process():
    """An error of the import is told by every call, in every process."""
    with unit_of("class Odd(Exception): pass\nraise Odd('no config')\n") as unit:
        story = only_story(unit)
        for _ in range(2):
            with story.process() as process:
                assert str(process.run(lambda: unit.work())) == "raised Odd: no config"
