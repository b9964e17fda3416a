"""An error of every class at once: for callers to raise."""


def error_of_all(kind: type[Exception], others: list[Exception], text: str) -> Exception:
    """Give an error of a class that is built on this kind, and on the classes of the others that go with it.

    What a contract says of the kind it says of a class that is built on it, whatever else that is built on:
    whoever asks about another of its classes first is told something else. Without StopAsyncIteration, which
    Python itself changes on its way out of a generator.
    It is a part for `callers`: it runs where the learner's file runs, so all that it needs is inside.
    """
    import contextlib

    def goes_with(bases: tuple[type, ...]) -> bool:
        with contextlib.suppress(TypeError):  # They do not go together.
            type("OfAll", bases, {})
            return True
        return False

    kinds = sorted(map(type, others), key=lambda each: -len(each.__mro__))
    kinds = [one for one in kinds if not issubclass(kind, one) and not issubclass(one, StopAsyncIteration)]
    bases = (kind, *(one for one in kinds if goes_with((kind, one))))
    while not goes_with(bases):
        bases = bases[:-1]
    error: Exception = type(f"{kind.__name__}OfAll", bases, {})(text)
    return error
