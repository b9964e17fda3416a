from collections.abc import Callable

rang: list[str] = []


def rings_twice() -> None:
    rang.extend(["disk-7 r1", "disk-7 r1"])


def rings_never() -> None:
    pass


def reads_an_old_text() -> None:
    rang.extend(["disk-7 r0"])


SEES: dict[str, Callable[[], bool]] = {
    '"disk-7 r1" in rang': lambda: "disk-7 r1" in rang,
    "len(rang) <= 1": lambda: len(rang) <= 1,
    "len(rang) == 1": lambda: len(rang) == 1,
    'rang == ["disk-7 r1"]': lambda: rang == ["disk-7 r1"],
}
for words, holds in SEES.items():
    fooled = []
    for publisher in (rings_twice, rings_never, reads_an_old_text):
        rang.clear()
        publisher()
        fooled += [publisher.__name__] if holds() else []
    print(f"{words:24} is fooled by", ", ".join(fooled) or "none of them")
