"""The errors that ports raise to a learner's code, known again when they leave it."""


class _Held(dict[str, object]):
    """The attributes of an error that a port raised, and what the error had then.

    They are a part of the error, so no other object has them, a copy neither; and nobody holds the error:
    it holds the frames that it passed, and one of them may hold a statement that is half read.
    """

    __slots__ = ("context", "had", "owner")

    context: int
    had: object
    owner: int


def note(error: BaseException) -> BaseException:
    """Give the error, which is raised now and known from now on."""
    held = _Held(getattr(error, "__dict__", {}))
    object.__setattr__(error, "__dict__", held)
    held.owner, held.had, held.context = id(error), _marks_of(error), id(error.__context__)
    return error


def is_as_it_was(error: BaseException) -> bool | None:
    """Is it an error of a port, and has what it had when it was raised? None for every other error."""
    held = getattr(error, "__dict__", None)
    if type(held) is not _Held or held.owner != id(error):
        return None
    return held.had == _marks_of(error)


def new_context_of(error: BaseException) -> BaseException | None:
    """The context of a port's error, where it is another one than it had, and not its cause.

    Python adds it to what is raised while another error is dealt with, so this is told apart from a change.
    """
    held, context = getattr(error, "__dict__", None), error.__context__
    if type(held) is not _Held or held.context == id(context) or context is error.__cause__:
        return None
    return context


def _marks_of(error: BaseException) -> object:
    """What `raise ... from`, a note, an argument or an attribute changes; what Python adds does not count."""
    args, held = [id(arg) for arg in error.args], {name: id(value) for name, value in error.__dict__.items()}
    return id(error.__cause__), error.__suppress_context__, args, held
