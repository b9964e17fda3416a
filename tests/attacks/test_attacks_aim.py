"""Attacks that replace a method of ours replace one that is there: a name that moves takes no teeth away."""

from __future__ import annotations

import ast
from importlib import import_module
from operator import attrgetter

import pytest
from attack_arena import Attack, every_attack

from halfway import kit
from halfway.links import server

LOOKED_FOR = {
    "patches/server_is_replaced": (vars(server).values(), {"serve", "_answer"}),
    "patches/kit_in_memory": ([kit], {"promise"}),
}
"""Attacks that go through everything for a thing with such names, and where one is."""


def aims(attack: Attack) -> list[tuple[str, str]]:
    """Gives what an attack assigns to in ours: `[("halfway.subject.loop:VirtualLoop", "idle")]`."""
    found, places = [], dict[str, str]()
    for node in ast.walk(ast.parse(attack.path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Assign):
            continue
        target = node.targets[0]
        if isinstance(target, ast.Name) and (place := _place(node.value, places)):
            places[target.id] = place
        elif isinstance(target, ast.Attribute) and (place := _place(target.value, places)):
            found.append((place, target.attr))
    return found


def _place(node: ast.expr, places: dict[str, str]) -> str:
    """Gives `sys.modules["halfway.x"].Y.z` as "halfway.x:Y.z", "halfway.x:" for a module, "" for all else."""
    if isinstance(node, ast.Name):
        return places.get(node.id, "")
    if isinstance(node, ast.Attribute):
        above = _place(node.value, places)
        return above and f"{above}{'' if above.endswith(':') else '.'}{node.attr}"
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "sys.modules":
        name = ast.literal_eval(node.slice) if isinstance(node.slice, ast.Constant) else ""
        return f"{name}:" if name.startswith("halfway") else ""
    return ""


AIMED = [attack for attack in every_attack() if aims(attack)]


def test_attacks_that_aim_are_found() -> None:
    """Choices and waits of the subject are what most of them aim at."""
    assert len(AIMED) >= 12
    assert {attack.path.parent.name for attack in AIMED} >= {"choices", "waiting"}


@pytest.mark.parametrize("attack", AIMED, ids=lambda attack: attack.name)
def test_what_an_attack_replaces_is_there(attack: Attack) -> None:
    """The module, the class and the method have these names today."""
    for place, name in aims(attack):
        module, _, inside = place.partition(":")
        there = import_module(module)
        assert hasattr(attrgetter(inside)(there) if inside else there, name)


@pytest.mark.parametrize("name", LOOKED_FOR)
def test_what_an_attack_looks_for_is_there(name: str) -> None:
    """Something of ours has every name that it goes by."""
    things, names = LOOKED_FOR[name]
    (attack,) = [attack for attack in every_attack() if attack.name == name]
    assert all(one in attack.path.read_text(encoding="utf-8") for one in names)
    assert any(names <= {*dir(thing)} for thing in things)
