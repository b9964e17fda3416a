"""Code of callers that every suite can hand in: is an error that comes out as it was where it was raised?"""


class AsRaised:
    """An error as it is where a port raises it: `change(came)` says in words what came in its place.

    The very object, with the cause, the context, the notes, the arguments and the attributes that it had.
    Where it had no context, Python adds one to an error that is raised while another one is handled, as in an
    `except` block: whether it `may_gain_context` is said by the contract. It runs where the learner's file
    runs, so all that it needs is inside.
    """

    def __init__(self, error: BaseException, *, may_gain_context: bool = True) -> None:
        self._error = error
        self._looks_at_context = error.__context__ is not None or not may_gain_context
        self._had = self._now(error)

    def change(self, came: object) -> str:
        """Say it as "another error, ValueError" or "that error, with other notes"; "" if it is as it was."""
        if not isinstance(came, BaseException):
            return f"no error, but {came!r}"
        if isinstance(self._error, StopAsyncIteration) and came.__cause__ is self._error:
            return ""  # Python itself makes another error of it, on its way out of a generator.
        if came is not self._error:
            return f"another error, {type(came).__name__}"
        now = self._now(came)
        return next((f"that error, with {what}" for what, had in self._had.items() if now[what] != had), "")

    def _now(self, error: BaseException) -> dict[str, object]:
        held = dict(vars(error))
        notes = held.pop("__notes__", None)
        return {
            "other notes": list(notes) if isinstance(notes, list) else notes,
            "another cause": id(error.__cause__),
            "another `__suppress_context__`, which `from` sets": error.__suppress_context__,
            "another context": id(error.__context__) if self._looks_at_context else None,
            "other arguments": [id(arg) for arg in error.args],
            "other attributes": {name: id(value) for name, value in held.items()},
        }
