"""What a suite may be written with, read from its source: the part of law 9 that no verdict shows."""

from __future__ import annotations

import ast
import sys

from halfway.prove import sources
from halfway.prove.case import Case, Findings, listed
from halfway.prove.ports import port_classes, ports_and_protocols

ALLOWED_OF_OURS = "halfway.kit"
REAL_TIME = ("asyncio", "sched", "time")
REAL_CHANCE = ("random", "secrets")
REAL_PROCESSES = ("concurrent", "multiprocessing", "os", "socket", "subprocess", "sys", "threading")
REAL_FILES = ("glob", "importlib", "io", "pathlib", "runpy", "shutil", "tempfile")
REAL = frozenset((*REAL_TIME, *REAL_CHANCE, *REAL_PROCESSES, *REAL_FILES))
OPENS = ("open", "exec", "eval", "compile", "__import__")
TWO = 2
CALLERS = "CALLERS"


def suite_rules(case: Case, tree: ast.Module) -> Findings:
    """No async, no real clock or chance, ports that never call back, both causes of a doubt, two intents."""
    judges = _without_callers(tree)
    yield from _synchronous(case, judges)
    yield from _imports(case, judges)
    for port in port_classes(tree).values():
        yield from _never_calls_back(case, port)
        yield from _both_causes(case, port, tree)
    # The program to predict does what it does for everybody; what tests are written for, they choose.
    if case.unit.kind not in ("predict", "write-the-test"):
        yield from _two_intents(case, tree)
    yield from ports_and_protocols(case, tree)


def _without_callers(tree: ast.Module) -> ast.Module:
    """The suite without what it names in CALLERS, which runs where the learner's file runs."""
    named: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == CALLERS:
            named.update(part.id for part in ast.walk(node.value) if isinstance(part, ast.Name))
    body = [node for node in tree.body if getattr(node, "name", None) not in named]
    return ast.Module(body, tree.type_ignores)


def _synchronous(case: Case, tree: ast.Module) -> Findings:
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            what = "A suite is synchronous, and this is not."
            step = "call the unit plainly; a port that takes time is a generator under @takes_time"
            yield case.found(9, case.unit.suite, what, step, node.lineno)


def _imports(case: Case, tree: ast.Module) -> Findings:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        for name in names:
            if (what := _refused(name)) is not None:
                step = "a suite says what it needs with halfway.kit: `unit`, stories, ports and their time"
                yield case.found(9, case.unit.suite, f"The suite imports `{name}`{what}.", step, node.lineno)
    for call in sources.calls(tree):
        if isinstance(call.func, ast.Name) and call.func.id in OPENS:
            what = f"The suite calls `{call.func.id}`."
            step = "write what is expected into the suite: it reads no file, and no answer"
            yield case.found(9, case.unit.suite, what, step, call.lineno)


def _refused(name: str) -> str | None:
    root = name.partition(".")[0]
    if root in REAL:
        return ", which is real time, chance, processes or files"
    if root == "halfway" and name != ALLOWED_OF_OURS:
        return ", which is behind the kit"
    if root != "halfway" and root not in sys.stdlib_module_names:
        return ", which a learner's machine need not have"
    return None


def _never_calls_back(case: Case, port: ast.ClassDef) -> Findings:
    for call in sources.calls(port):
        root = call.func
        while isinstance(root, ast.Attribute):
            if root.attr in ("unit", "_unit"):
                break
            root = root.value
        if isinstance(root, ast.Attribute) or (isinstance(root, ast.Name) and root.id == "unit"):
            what = f"The port `{port.name}` calls the unit."
            yield case.found(9, case.unit.suite, what, "let the test call, and the port answer", call.lineno)


def _both_causes(case: Case, port: ast.ClassDef, tree: ast.Module) -> Findings:
    """A failure that leaves a doubt occurs with both causes: the request is lost, the reply is lost."""
    constants = _constants(tree)
    causes: set[str] = set()
    line = 0
    for call in sources.calls(port):
        for keyword in call.keywords if sources.called(call) == "fault" else ():
            if keyword.arg == "LOST":
                texts = _texts(keyword.value, constants)
                if texts is None:
                    return  # computed: the transcripts show it
                causes |= texts
                line = line or call.lineno
    if len(causes) == 1:
        what = f"In `{port.name}` a loss has one cause alone: {listed(causes)}."
        step = "add the other: the request is lost (it did not happen), the reply is lost (it did)"
        yield case.found(9, case.unit.suite, what, step, line)


def _constants(tree: ast.Module) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            found.update(_assigned(node.targets[0], node.value, found))
    return found


def _assigned(target: ast.expr, value: ast.expr, known: dict[str, set[str]]) -> dict[str, set[str]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = zip(target.elts, value.elts, strict=False)
        return {name: texts for one, two in pairs for name, texts in _assigned(one, two, known).items()}
    texts = _texts(value, known)
    return {target.id: texts} if isinstance(target, ast.Name) and texts is not None else {}


def _texts(value: ast.expr, constants: dict[str, set[str]]) -> set[str] | None:
    """Gives the texts that an expression stands for, or None where only running it tells."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return {value.value}
    if isinstance(value, ast.Name):
        return constants.get(value.id)
    if isinstance(value, ast.Tuple | ast.List):
        parts = [_texts(element, constants) for element in value.elts]
        return set().union(*(part for part in parts if part is not None)) if None not in parts else None
    return None


def _two_intents(case: Case, tree: ast.Module) -> Findings:
    """Some promise uses two intents: code that does one thing for everybody is not to pass."""
    makers = _makers_of_names(tree)
    functions = [node for node in tree.body if isinstance(node, sources.Function)]
    tests = [node for node in functions if node.name.startswith("test_")]
    if not any(_names_made(test, makers) >= TWO for test in tests):
        what = "No test of this suite has two intents in one story."
        step = "make two names in one test (story.name), and promise what holds for each"
        yield case.found(9, case.unit.suite, what, step)


def _makers_of_names(tree: ast.Module) -> dict[str, int]:
    """Gives the functions and classes of the suite that make names, with how many each makes."""
    makers: dict[str, int] = {}
    defined = [node for node in tree.body if isinstance(node, sources.Function | ast.ClassDef)]
    for _ in defined:
        before = dict(makers)
        makers = {node.name: made for node in defined if (made := _names_made(node, before))}
        if makers == before:
            break
    return makers


def _names_made(node: ast.AST, makers: dict[str, int]) -> int:
    """How many names a piece of code makes; what stands in a loop or goes through map() counts twice."""
    made = 0
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            through_map = sources.called(inner) == "map" and any(_is_name_method(a) for a in inner.args)
            made += TWO if through_map else 0
            made += 1 if _is_name_method(inner.func) else makers.get(sources.called(inner), 0)
            if sources.called(inner) == "every_story" and inner.args:
                made += makers.get(ast.unparse(inner.args[0]), 0)
        if _repeats(inner):
            made += any(_is_name_method(call.func) for call in sources.calls(inner))
    return made


def _repeats(node: ast.AST) -> bool:
    """Does it run more than once in a story? A loop over stories does not."""
    if isinstance(node, ast.For):
        return not (isinstance(node.target, ast.Name) and node.target.id == "story")
    return isinstance(node, ast.ListComp | ast.GeneratorExp | ast.DictComp | ast.SetComp)


def _is_name_method(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "name"
