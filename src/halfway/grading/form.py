"""The form of a verdict's JSON, made from its classes: the schema, and the types of a page.

    python -P -m halfway.grading.form

writes both where they belong in a checkout: `verdict.schema.json` beside this file, `web/src/verdict-form.js`
where a page finds it. A test says that what stands there is what is made here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from halfway.grading.verdict import SCHEMA, Event, Frame, Misconception, PromiseResult, Verdict, Way

SCHEMA_FILE = Path(__file__).with_name("verdict.schema.json")
TYPES_FILE = Path("web", "src", "verdict-form.js")
CLASSES: tuple[type, ...] = (Frame, Event, Way, Misconception, PromiseResult, Verdict)
NAMES: dict[Any, str] = {
    PromiseResult: "promise",
    Frame: "frame",
    Event: "event",
    Way: "way",
    Misconception: "misconception",
}
"""What each part is called in the schema."""
FIRST = {
    "schema": "The version of this form.",
    "passed": "True if every promise is kept and the checker was sound.",
}
"""What stands before the fields of a verdict."""
ABOUT = {
    "Verdict.file": "What was graded: relative to the course, or a name alone.",
    "Verdict.sha256": "Of the file; empty if there was none.",
    "Verdict.python": "The version of Python that ran it.",
    "Verdict.halfway": "The version of the grader.",
    "Verdict.seeds": "What secret names and orders were drawn from; empty where they are public.",
    "Verdict.seconds": "Real time.",
    "Verdict.stories": "How often a promise looked at a story, all promises together.",
    "Verdict.fault": "The checker's own fault, or empty.",
    "Verdict.unusual": "What the file imports that no unit needs; listed where submissions are confined.",
    "PromiseResult.id": "The name of the test.",
    "PromiseResult.text": "The promise as a sentence.",
    "PromiseResult.saw": "Facts with data.",
    "PromiseResult.rule": "The boundary, in general words.",
    "PromiseResult.ask": "A question whose answer is the fix.",
    "PromiseResult.frames": "Lines of the learner's own, outermost first.",
    "PromiseResult.stories": "Stories that this promise looked at.",
    "PromiseResult.replay": "Tells the smallest story again: `halfway grade UNIT --replay STRING`.",
    "PromiseResult.faults": "Faults in the smallest story.",
    "PromiseResult.timeline": "The smallest story in which the promise breaks.",
    "PromiseResult.calm": "The same story without the fault, up to the first difference.",
    "PromiseResult.output": "What the learner's code printed, bounded.",
    "PromiseResult.ways": "What else could have happened; told where one story was asked for.",
    "Event.at_s": "Virtual time.",
    "Event.who": "The lane.",
    "Event.kind": "What it is to whoever draws it.",
    "Event.to": "The lane that it goes to, comes from, or goes wrong at.",
    "Way.at": "After how many events of the story.",
    "Way.replay": "Tells that story.",
    "Way.chosen": "True for what did happen; `replay` leaves it out.",
}
BOUNDS: dict[str, dict[str, Any]] = {
    "Verdict.unit": {"pattern": "^ex[0-9]{2}_[a-z0-9_]+$"},
    "Verdict.sha256": {"pattern": "^([0-9a-f]{64})?$"},
    "Verdict.seconds": {"minimum": 0},
    "Verdict.stories": {"minimum": 0},
    "PromiseResult.id": {"pattern": "^test_"},
    "PromiseResult.stories": {"minimum": 0},
    "PromiseResult.faults": {"minimum": 0},
    "Frame.line": {"minimum": 0},
    "Event.kind": {"enum": ["", "request", "reply", "call", "cancel", "kill", "loss", "block"]},
    "Way.at": {"minimum": 0},
}


def schema() -> dict[str, Any]:
    """Gives the JSON Schema of a verdict."""
    whole = _object(Verdict)
    whole["properties"] = {
        "schema": {"const": SCHEMA, "description": FIRST["schema"]},
        "passed": {"type": "boolean", "description": FIRST["passed"]},
        **whole["properties"],
    }
    whole["required"] = list(whole["properties"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Verdict of Halfway, schema {SCHEMA}",
        "description": "What is true of one submission of one unit: every promise, kept or not, and why.",
        **whole,
        "$defs": {name: _object(cls) for cls, name in NAMES.items()},
    }


def _object(cls: type) -> dict[str, Any]:
    hints = get_type_hints(cls)
    properties = {
        field.name: {
            **_shape(hints[field.name]),
            **BOUNDS.get(f"{cls.__name__}.{field.name}", {}),
            **_described(f"{cls.__name__}.{field.name}"),
        }
        for field in fields(cls)
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


def _described(name: str) -> dict[str, str]:
    return {"description": ABOUT[name]} if name in ABOUT else {}


def _shape(hint: Any) -> dict[str, Any]:
    plain = {str: "string", bool: "boolean", int: "integer", float: "number"}
    if hint in plain:
        return {"type": plain[hint]}
    if get_origin(hint) is Literal:
        return {"enum": list(get_args(hint))}
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _shape(get_args(hint)[0])}
    if get_origin(hint) is UnionType:
        (some,) = (one for one in get_args(hint) if one is not NoneType)
        return {"oneOf": [{"type": "null"}, _shape(some)]}
    assert is_dataclass(hint), f"no form for {hint}"
    return {"$ref": f"#/$defs/{NAMES[hint]}"}


# ---- the types of a page


def types() -> str:
    """Gives the same form as a file of JavaScript: types alone, and the version."""
    return "\n".join(_types()) + "\n"


def _types() -> Iterator[str]:
    yield "// The form of a verdict, made from its classes by `python -P -m halfway.grading.form`."
    yield ""
    for cls in CLASSES:
        hints = get_type_hints(cls)
        yield "/**"
        yield f" * @typedef {{object}} {cls.__name__}"
        if cls is Verdict:
            yield f" * @property {{{SCHEMA}}} schema {FIRST['schema']}"
            yield f" * @property {{boolean}} passed {FIRST['passed']}"
        for field in fields(cls):
            about = ABOUT.get(f"{cls.__name__}.{field.name}", "")
            yield f" * @property {{{_type(hints[field.name])}}} {field.name} {about}".rstrip()
        yield " */"
        yield ""
    yield f"export const SCHEMA = {SCHEMA};"


def _type(hint: Any) -> str:
    plain = {str: "string", bool: "boolean", int: "number", float: "number"}
    if hint in plain:
        return plain[hint]
    if get_origin(hint) is Literal:
        return " | ".join(f'"{one}"' for one in get_args(hint))
    if get_origin(hint) is tuple:
        return f"{_type(get_args(hint)[0])}[]"
    if get_origin(hint) is UnionType:
        return " | ".join("null" if one is NoneType else _type(one) for one in get_args(hint))
    return str(hint.__name__)


def main() -> None:
    """Writes both files of this checkout."""
    from halfway.catalog import root
    from halfway.files import write_whole

    write_whole(SCHEMA_FILE, json.dumps(schema(), indent=2) + "\n")
    write_whole(root() / TYPES_FILE, types())


if __name__ == "__main__":
    main()
