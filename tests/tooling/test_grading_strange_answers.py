"""Whatever a file puts under a name of the stub, or answers, is its own doing: no fault of the checker."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest

from halfway.grading import Grader, Verdict
from halfway.grading.judge import endings
from halfway.grading.judge.endings import Where
from halfway.grading.judge.slips import Facts
from halfway.kit import Contract, Port, PortFailedError, Process, Unit, only_story, shape, takes_time
from halfway.links.direct import Direct
from halfway.sim import FoulError
from halfway.wire import NotPlainError

COURSE = Path(__file__).resolve().parents[2]
RIGHT = (COURSE / "solutions" / "ex21_cancel_outcome" / "export.py").read_text(encoding="utf-8")

IS_ANYTHING = """
class Anything:
    def __getattr__(self, name): return self
    def __call__(self, *given, **named): return self
    def __eq__(self, other): return True
    def __iter__(self): return iter(())
    def __await__(self): return iter(())
    __hash__ = lambda self: 0
Export = Outcome = Left = Anything()
"""
WRAPS_WHAT_RAISES = """
class Raises:
    def __getattr__(self, name): raise OSError(name)
    def __call__(self): pass
Export = Raises()
"""
HAS_A_SIGNATURE_THAT_EXITS = """
class Exits:
    def __call__(self): pass
    __signature__ = property(lambda self: exit(3))
Left.run = Export = Exits()
"""
HIDES_WHAT_IT_IS = """
class Hides:
    __class__ = property(lambda self: 1 // 0)
Export = Hides()
"""
HAS_A_METACLASS_THAT_RAISES = """
class Meta(type):
    __mro__ = property(lambda cls: 1 // 0)
class Export(metaclass=Meta): pass
"""
HAS_A_BASE_WITHOUT_A_NAME = """
class Meta(type):
    __name__ = property(lambda cls: cls)
class Base(metaclass=Meta): pass
class Export(Export, Base): pass
"""
HAS_MEMBERS_THAT_RAISE = """
class Left(Enum):
    A = 1
    @property
    def value(self): raise OSError
"""
IN_ITS_PLACE = "when somebody looks at what it is, and the stub's is a class"
STRANGE = {
    "is_anything": (IS_ANYTHING, "`Left` is no class, and the stub's is"),
    "wraps_what_raises": (WRAPS_WHAT_RAISES, "`Export` is no class, and the stub's is"),
    "has_a_signature_that_exits": (HAS_A_SIGNATURE_THAT_EXITS, "your code ends the process"),
    "hides_what_it_is": (
        HIDES_WHAT_IT_IS,
        f"line {len(RIGHT.splitlines()) + 5} runs while export.py is imported: ZeroDivisionError",
    ),
    "has_a_metaclass_that_raises": (
        HAS_A_METACLASS_THAT_RAISES,
        f"`Export` raises ZeroDivisionError {IN_ITS_PLACE}",
    ),
    "has_a_base_without_a_name": (
        HAS_A_BASE_WITHOUT_A_NAME,
        "your code's process said what no program says: its names are of no known shape",
    ),
    "is_a_module_that_raises": (
        "del Left\ndef __getattr__(name): raise RuntimeError(name)",
        "your code raised RuntimeError: Left",
    ),
    "is_a_module_that_exits": ("del Left\ndef __getattr__(name): exit(3)", "your code ends the process"),
    "has_members_that_raise": (HAS_MEMBERS_THAT_RAISE, f"`Left` raises OSError {IN_ITS_PLACE}"),
    "has_no_fields": (
        "Outcome.__dataclass_fields__ = None",
        f"`Outcome` raises AttributeError {IN_ITS_PLACE}",
    ),
}
"""What stands under a name of the stub, and what is seen of it."""


@pytest.fixture
def graded(grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.chdir(COURSE)

    def grade(more: str) -> Verdict:
        path = tmp_path / "export.py"
        path.write_text(f"{RIGHT}\n\n{more}\n", encoding="utf-8")
        return grader.grade("21", path)

    return grade


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_name_is_the_files_own(graded, name):
    """Whoever looks at such a name is answered with an error: the verdict says so, and has no fault."""
    source, saw = STRANGE[name]
    verdict = graded(source)
    assert not verdict.fault
    assert {result.status for result in verdict.promises} <= {"broken", "not_reached"}
    assert all(result.saw.startswith(saw) for result in verdict.promises)


def test_what_can_be_called_is_judged_by_what_it_does(graded):
    """A method that says something odd of itself, and does what it should, keeps every promise."""
    verdict = graded("Export.run.__wrapped__ = Export.run\nExport.outcome.__signature__ = 'odd'")
    assert [result for result in verdict.promises if not result.kept] == []


# ---- a process that was taken over


class Answers:
    """It could be asked for anything, and nobody may ask it."""

    def __getattr__(self, name: str) -> Answers:
        if name.startswith("__"):
            raise AttributeError(name)
        raise AssertionError(f"somebody asked for {name}")

    def __call__(self, *given: object) -> Answers:
        raise AssertionError("somebody called it")


FORGED: list[object] = [
    None,
    7,
    "publish",
    [],
    Answers(),
    {7: {"is": "def"}},
    {"Export": None},
    {"Export": Answers()},
    {"Export": {}},
    {"Export": {"is": "god"}},
    {"Export": {"is": ["class"]}},
    {"Export": {"is": "class"}},
    {"Export": {"is": "class", "bases": 7, "methods": {}}},
    {"Export": {"is": "class", "bases": [7], "methods": {}}},
    {"Export": {"is": "class", "bases": [], "methods": []}},
    {"Export": {"is": "class", "bases": [], "methods": {"run": None}}},
    {"Export": {"is": "class", "bases": [], "methods": {}, "members": [["A"]]}},
    {"Export": {"is": "class", "bases": [], "methods": {}, "fields": "left"}},
    {"run": {"is": "def", "params": 7}},
    {"run": {"is": "def", "params": [["self"]]}},
    {"run": {"is": "def", "params": [["self", "VAR_KEYWORD", 7]]}},
    {"run": {"is": "def", "params": [[None, "VAR_KEYWORD", None]]}},
    {"run": {"is": "strange", "error": 7}},
    {"run": {"is": "strange"}},
]


@pytest.mark.parametrize("told", FORGED, ids=lambda told: json.dumps(told, default=lambda _: "an object"))
def test_forged_names_are_foul(told):
    """What no process says of its names is foul, and nothing is asked of what it sends in their place."""
    with pytest.raises(FoulError):
        shape.read(told)


def test_what_a_process_says_of_its_names_is_read():
    """An honest answer goes through, and differs from the stub where it does."""
    told = {
        "run": {"is": "def", "params": [["self", "POSITIONAL_OR_KEYWORD", None], ["n", "KEYWORD_ONLY", "1"]]},
        "Export": {"is": "class", "bases": ["Base"], "methods": {"run": {"is": "async def", "params": None}}},
    }
    read = shape.read(told)
    assert read["run"].parameters == (("self", "POSITIONAL_OR_KEYWORD", None), ("n", "KEYWORD_ONLY", "1"))
    assert read["Export"].methods["run"].kind == "async def"
    stub = "class Export:\n    async def run(self): ...\ndef run(): ...\n"
    assert Contract.of(stub).difference({"Export": read["Export"]}) is None
    found = Contract.of(stub).difference(read)
    assert found is not None
    assert found[0].startswith("`run` wants `self` as well")


@pytest.mark.parametrize("told", [{"unawaited": 7}, {"unused": [7]}, {"names": None}, {"returns": [[1]]}])
def test_facts_of_another_shape_say_nothing(told):
    """A reader that was taken over explains nothing, and stops nobody."""
    assert Facts.of(told, "") == Facts()


class Says:
    """A unit that gives the same answer to every call."""

    def __init__(self, told: object) -> None:
        self._told = told

    def _call(self, call: object) -> object:
        return self._told


@pytest.mark.parametrize("told", [None, 7, "a path", [7], ("a path",), Answers()])
def test_what_is_shared_is_a_list_of_paths(told):
    """Of what is shared with a caller a process says paths, or what no process says."""
    with pytest.raises(FoulError):
        Process(cast(Any, None), cast(Any, Says(told))).shared([])


@pytest.mark.parametrize("told", [None, "7", 7.5, [7], Answers()])
def test_where_chance_stands_is_a_number(told):
    """Of where its chance stands a process says a number, or what no process says."""
    with pytest.raises(FoulError):
        _ = Process(cast(Any, None), cast(Any, Says(told))).chance


@pytest.mark.parametrize("own", ["((" * 1_000, "7 +", "not a number", "1e5", "'60'", "inf", "", "60.5"])
def test_a_default_is_read_as_a_number_alone(own):
    """Whatever a process says of a default, it is no code: it differs from the stub's, and that is told."""
    wanted = Contract.of("def run(n=60): ...")
    told = {"run": {"is": "def", "params": [["n", "POSITIONAL_OR_KEYWORD", own]]}}
    found = wanted.difference(shape.read(told))
    assert found is not None
    assert found[0].startswith(f"`run` has {own} as the default of `n`")
    told["run"]["params"] = [["n", "POSITIONAL_OR_KEYWORD", "60.0"]]
    assert wanted.difference(shape.read(told)) is None


# ---- a port looks at what it is given

LOOKED_AT = """
class Alert:
    def __init__(self): self.text = "disk"
    def upper(self): return "DISK"

def ring_for(what, bell):
    bell.ring({"an object": Alert(), "a class": Alert}[what])

def ring_for_later(what, bell):
    return bell.ring_later({"an object": Alert(), "a class": Alert}[what])
"""


class Bell(Port):
    """Looks at what it rings for."""

    def ring(self, what):
        return what.text.upper(), what.upper()

    @takes_time
    def ring_later(self, what):
        yield 1.0
        return what.upper()


@pytest.mark.parametrize("what", ["an object", "a class"])
@pytest.mark.parametrize("name", ["ring_for", "ring_for_later"])
def test_a_port_asks_nothing_of_what_it_is_given(name, what):
    """In the middle of a call nobody can be asked: what is given is no plain data, and the port says so."""
    with closing(Direct(LOOKED_AT, "alerts")) as link:
        unit = Unit(link)
        story = only_story(unit)
        with story.process(), pytest.raises(PortFailedError) as failed:
            getattr(unit, name)(what, Bell(story))
    assert endings.of(failed.value, Where(Path("s.py"), Path("f.py"))).status == "broken"


# ---- a suite takes an answer apart


def _ending(source: str, error: type[BaseException], **names: object) -> endings.Ending:
    code = compile(source, "/suite.py", "exec")
    with pytest.raises(error) as caught:
        exec(code, {"__name__": "suite", **names})
    traceback = caught.value.__traceback__
    assert traceback is not None
    return endings.of(caught.value.with_traceback(traceback.tb_next), Where(Path("/suite.py"), Path("f.py")))


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("None.done", AttributeError),
        ("int(float('inf'))", OverflowError),
        ("next(iter([]))", StopIteration),
        ("1 / 0", ZeroDivisionError),
        ("import statistics; statistics.mean([])", ValueError),
        ("import json; json.loads('{')", ValueError),
    ],
)
def test_taking_an_answer_apart_is_no_fault(source, error):
    """The suite takes an answer apart, by itself or with the standard library: the answer is odd."""
    assert _ending(source, error).status == "broken"


def test_what_the_kit_does_wrong_is_its_own():
    """The same error from code of ours, called by the suite, is told as ours."""
    assert _ending("of_text('')", AttributeError, of_text=lambda text: text.odd).status == "checker_fault"


def test_an_answer_too_deep_to_be_given_back_is_an_answer():
    """What a suite hands on, and does not cross, came from the file: no suite nests so deep."""
    assert endings.of(NotPlainError("deep"), Where(Path("s.py"), Path("f.py"))).status == "broken"
