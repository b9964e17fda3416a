"""An enumeration that is not the stub's: which member differs is told."""

import pytest

from halfway.kit.contract import Contract
from halfway.kit.shape import Shape, read
from halfway.subject.shape import shape_of

STUB = """
from enum import Enum


class Light(Enum):
    RED = "stop"
    GREEN = "go"
"""
RED, GREEN = ("RED", "'stop'"), ("GREEN", "'go'")


@pytest.mark.parametrize(
    ("members", "saw"),
    [
        ((RED, ("GREEN", "'walk'")), "`Light.GREEN` has the value 'walk', and 'go' in the stub"),
        ((RED,), "`Light` has no member GREEN, as it has in the stub"),
        ((RED, GREEN, ("AMBER", "'wait'")), "`Light` has a member AMBER, and none of this name in the stub"),
        ((GREEN, RED), "the members of `Light` stand in another order than in the stub"),
    ],
)
def test_the_member_that_differs_is_named(members: tuple[tuple[str, str], ...], saw: str) -> None:
    """Its name, and where it has another value, both values."""
    found = Contract.of(STUB).difference({"Light": Shape("class", bases=("Enum",), members=members)})
    assert found is not None
    assert found[0] == saw


def test_the_members_of_the_stub_are_no_difference() -> None:
    """The same names with the same values, in the same order."""
    shapes = {"Light": Shape("class", bases=("Enum",), members=(RED, GREEN))}
    assert Contract.of(STUB).difference(shapes) is None


@pytest.mark.parametrize(
    "table", [{}.__getitem__, {}.get, "".partition, [].__getitem__], ids=["item", "get", "text", "list"]
)
def test_a_built_in_function_has_no_parameter_of_the_stub_s_name(table: object) -> None:
    """Whoever names the argument cannot call it, whether or not Python knows how it is called."""
    shapes = read({"light": shape_of(table)})
    found = Contract.of("def light(name): ...").difference(shapes)
    assert found is not None
    assert found[0] == "`light` takes `name` by position alone; the stub's is `def light(name)`"
