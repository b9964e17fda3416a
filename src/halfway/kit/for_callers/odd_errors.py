"""Errors that are Exceptions as any other, and are built like few: for callers to raise."""


def odd_errors(kind: type[Exception] = ConnectionError) -> dict[str, Exception]:
    """Give a new error of each sort, by what it is in words; where a sort may be of any kind, it is of this.

    What a contract says of the kind it says of the error, however that is built: it is handed in once for
    each kind on which something depends. Those that are of no such kind are the same each time.
    It is a part for `callers`: it runs where the learner's file runs, so all that it needs is inside.
    """
    import concurrent.futures

    class EmptyReply(kind):  # type: ignore[valid-type, misc]
        def __len__(self) -> int:
            return 0

    class MuteReply(kind):  # type: ignore[valid-type, misc]
        def __str__(self) -> str:
            raise ValueError("this error has no text")

    class EqualReply(kind):  # type: ignore[valid-type, misc]
        __hash__ = None  # type: ignore[assignment]

        def __eq__(self, other: object) -> bool:
            return True

    class FullReply(kind):  # type: ignore[valid-type, misc]
        def __getattr__(self, name: str) -> float:
            if name.startswith("_"):
                raise AttributeError(name)
            return 9.0

    return {
        "an error that is false, for it has a length of 0": EmptyReply("nothing"),
        "an error whose text cannot be made": MuteReply("silent"),
        "an error that equals every other, and is no key": EqualReply("the same"),
        "an error that has every attribute, such as a retry_after of 9": FullReply("come back"),
        "an ExceptionGroup of one error": ExceptionGroup("one", [OSError("the line")]),
        "StopAsyncIteration": StopAsyncIteration("no more"),
        "a concurrent.futures.CancelledError": concurrent.futures.CancelledError("a job of a pool"),
    }
