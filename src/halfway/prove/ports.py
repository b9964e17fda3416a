"""A suite's ports and the stub's protocols of the same name: what a learner reads is what answers."""

from __future__ import annotations

import ast

from halfway import kit
from halfway.catalog.parsing import parse
from halfway.prove import sources
from halfway.prove.case import Case, Findings

Classes = dict[str, ast.ClassDef]


def port_classes(tree: ast.Module) -> Classes:
    """Gives the classes of a suite that are ports, by name."""
    found: Classes = {}
    for node in tree.body:
        ready = ("Port", *kit.ports.__all__, *found)
        if isinstance(node, ast.ClassDef) and any(base in ready for base in _bases(node)):
            found[node.name] = node
    return found


def protocol_classes(tree: ast.Module) -> Classes:
    """Gives the protocols of a stub, by name."""
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef))
    return {node.name: node for node in classes if "Protocol" in _bases(node)}


def _bases(node: ast.ClassDef) -> list[str]:
    return [ast.unparse(base).partition("[")[0].rpartition(".")[2] for base in node.bases]


def ports_and_protocols(case: Case, suite: ast.Module) -> Findings:
    """Every port has its protocol, and the same methods, parameters and kind of waiting as it.

    Protocols stand in the stub, and in the files that are given beside it.
    """
    stub = sources.parsed(case.unit.stub)
    ports, protocols = port_classes(suite), protocol_classes(stub)
    for name in case.unit.given:
        protocols |= protocol_classes(sources.parsed(case.unit.given_copy(name)))
    ancestors = {base for port in ports.values() for base in _bases(port)}
    for name, port in ports.items():
        if _is_for_callers(port, ports) or _is_seen_as_another(port, ports):
            continue
        if name not in protocols and name not in ancestors and not _stands_for(port, ports, protocols):
            what = f"The port `{name}` has no protocol of this name in the stub."
            step = "name it as the stub does, or show the learner its protocol"
            yield case.found(9, case.unit.suite, what, step, port.lineno)
    for name, protocol in protocols.items():
        if name in ports:
            yield from _compared(case, ports, ports[name], protocol)
            yield from _served_besides(case, ports, ports[name], protocol)
        elif not (
            hasattr(kit.ports, name) or _is_written_here(protocol, stub) or _is_a_callers(protocol, suite)
        ):
            what = f"No port of the suite is called as the stub's protocol `{name}`."
            step = f"write `class {name}(Port)` in the suite, or take the protocol away"
            yield case.found(9, case.unit.stub, what, step, protocol.lineno)


def _is_written_here(protocol: ast.ClassDef, stub: ast.Module) -> bool:
    """Does a class of the stub itself follow the protocol? Then it is what a learner writes, and no port."""
    asked = _asked_of(protocol)
    return bool(asked) and any(
        asked <= _asked_of(node)
        for node in stub.body
        if isinstance(node, ast.ClassDef) and node.name != protocol.name
    )


def _is_a_callers(protocol: ast.ClassDef, suite: ast.Module) -> bool:
    """Do the callers of the suite bring a class of this name that has what the protocol asks for?"""
    return any(
        isinstance(node, ast.ClassDef)
        and node.name == protocol.name
        and _asked_of(protocol) <= _asked_of(node)
        for node in suite.body
    )


def _is_for_callers(port: ast.ClassDef, ports: Classes) -> bool:
    """Does the suite say that code of its own has this port, and never the learner's?"""
    said = any(ast.unparse(node) == "for_callers = True" for node in port.body)
    # A suite's Phone may stand on the Phone of `halfway.kit.ports`: that base is no class of the suite.
    bases = [ports[base] for base in _bases(port) if base != port.name and base in ports]
    return said or any(_is_for_callers(base, ports) for base in bases)


def _is_seen_as_another(port: ast.ClassDef, ports: Classes) -> bool:
    """Does a learner's code hold a class of Python's own in its place, which every learner can look up?"""
    bases = _bases(port)
    return any(getattr(getattr(kit.ports, base, None), "seen_as", "") for base in bases) or any(
        _is_seen_as_another(ports[base], ports) for base in bases if base in ports and base != port.name
    )


def _asked_of(node: ast.ClassDef) -> set[tuple[str, str, bool]]:
    return {
        (name, _parameters(method), isinstance(method, ast.AsyncFunctionDef))
        for name, method in _methods(node, {}).items()
    }


def _stands_for(port: ast.ClassDef, ports: Classes, protocols: Classes) -> bool:
    """Is it a special case of a port that has a protocol?"""
    known = [base for base in _bases(port) if base != port.name and (base in ports or base in protocols)]
    return any(base in protocols or _stands_for(ports[base], ports, protocols) for base in known)


def _compared(case: Case, ports: Classes, port: ast.ClassDef, protocol: ast.ClassDef) -> Findings:
    theirs = _methods(port, ports)
    for name in _attributes(protocol):
        if name not in theirs or not _is_attribute(theirs[name]):
            what = f"The port `{port.name}` has no attribute `{name}`, which the stub's protocol has."
            yield case.found(9, case.unit.suite, what, "write it under @attribute", port.lineno)
    for name, method in _methods(protocol, {}).items():
        if name not in theirs:
            what = f"The port `{port.name}` has no method `{name}`, which the stub's protocol has."
            yield case.found(9, case.unit.suite, what, "write it, or trim the protocol", port.lineno)
            continue
        ours = theirs[name]
        if _parameters(ours) != _parameters(method):
            what = f"`{port.name}.{name}({_parameters(ours)})` is `({_parameters(method)})` in the stub."
            yield case.found(9, case.unit.suite, what, "give both the same parameters", ours.lineno)
        if _waits(ours) != _is_awaited(method):
            what, step = (
                f"`{port.name}.{name}` takes time, and not so in the stub.",
                "make it `async def` there",
            )
            if not _waits(ours):
                what, step = f"`{port.name}.{name}` is async in the stub alone.", "mark it @takes_time"
            yield case.found(9, case.unit.suite, what, step, ours.lineno)


def _served_besides(case: Case, ports: Classes, port: ast.ClassDef, protocol: ast.ClassDef) -> Findings:
    """A learner's code may call what the stub shows, and no helper of the suite, where nothing goes wrong."""
    shown = {*_methods(protocol, {}), *_attributes(protocol)}
    besides = sorted(_served(port, ports) - shown)
    if besides:
        what = f"The port `{port.name}` lets a learner's code call {', '.join(besides)}, which no stub shows."
        step = f"write `serves = frozenset({sorted(shown)})` in it"
        yield case.found(9, case.unit.suite, what, step, port.lineno)


def _served(port: ast.ClassDef, ports: Classes) -> set[str]:
    """The names that code on a learner's side may use: those in `serves`, or else every public one."""
    for node in port.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "serves":
            return {str(name.value) for name in ast.walk(node.value) if isinstance(name, ast.Constant)}
    served = {name for name, method in _methods(port, {}).items() if not _is_property(method)}
    for base in _bases(port):
        if base in ports and base != port.name:
            served |= _served(ports[base], ports)
        else:
            served |= set(getattr(getattr(kit.ports, base, None), "methods", ()))
    return served


def _is_property(method: sources.Function) -> bool:
    return any(ast.unparse(decorator) == "property" for decorator in method.decorator_list)


def _methods(node: ast.ClassDef, ports: Classes) -> dict[str, sources.Function]:
    found: dict[str, sources.Function] = {}
    for base in _bases(node):
        if base in ports and base != node.name:
            found.update(_methods(ports[base], ports))
    for inner in node.body:
        if isinstance(inner, sources.Function) and (inner.name[0] != "_" or inner.name == "__call__"):
            found[inner.name] = inner
    return found


def _attributes(protocol: ast.ClassDef) -> list[str]:
    nodes = (node for node in protocol.body if isinstance(node, ast.AnnAssign))
    return [ast.unparse(node.target) for node in nodes]


def _is_attribute(method: sources.Function) -> bool:
    return any(ast.unparse(decorator) == "attribute" for decorator in method.decorator_list)


def _parameters(node: sources.Function) -> str:
    """Gives the parameters after self: names, order, kinds and defaults, without types."""
    copy = parse(f"def f({ast.unparse(node.args)}): ...").body[0]
    assert isinstance(copy, ast.FunctionDef)
    for argument in ast.walk(copy.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    return ast.unparse(copy.args).removeprefix("self").removeprefix(", ")


def _is_awaited(method: sources.Function) -> bool:
    """Does a caller await what it gives? A plain function may give any awaitable."""
    gives = ast.unparse(method.returns) if method.returns is not None else ""
    return isinstance(method, ast.AsyncFunctionDef) or gives.startswith("Awaitable[")


def _waits(node: sources.Function) -> bool:
    return any("takes_time" in ast.unparse(decorator) for decorator in node.decorator_list)
