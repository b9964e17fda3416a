"""Is what a subject answered of the shape that answers have? A foul is its own fault, never the checker's."""

from halfway.sim.errors import FoulError
from halfway.wire import Wire

MALFORMED = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError)
"""What taking apart a message of no known shape raises."""
CAUSES_MAX = 4
_ENDS = frozenset(("returned", "cancelled", "hung", "notplain"))


def check_results(results: Wire, count: int) -> None:
    """Raise FoulError unless these are the outcomes of `count` calls."""
    try:
        if type(results) is not list or len(results) != count:
            raise FoulError("as many answers as there were calls is what it owes")
        for how, value in results:
            if how == "raised":
                _check_error(value, 0)
            elif how not in _ENDS:
                raise FoulError(f"a call that {how!s:.40}")
    except MALFORMED as error:
        raise FoulError("an answer of no known shape") from error


def _check_error(error: Wire, depth: int) -> None:
    shape = (
        depth <= CAUSES_MAX
        and type(error) is dict
        and _are_texts(error["mro"])
        and len(error["mro"]) > 0
        and type(error["said"]) is str
        and type(error["held"]) is dict
        and type(error["inner"]) is list
        and all(type(line) is int and type(name) is str for line, name in error["frames"])
    )
    if not shape:
        raise FoulError("an error of no known shape")
    for inner in error["inner"]:
        _check_error(inner, depth + 1)
    if error["cause"] is not None:
        _check_error(error["cause"], depth + 1)


def _are_texts(names: Wire) -> bool:
    return type(names) is list and all(type(name) is str for name in names)
