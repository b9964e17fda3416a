"""Who handed in nearly the same? Text of the stub, comments and layout do not count."""

from __future__ import annotations

import io
import keyword
import tokenize
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import Indel

from halfway.review.gradebook import Gradebook, Learner
from halfway.review.intake import Handed

LIKE_MIN = 0.9
OWN_WORDS_MIN = 40
"""Below this, two people write the same by chance."""
PAIRS_MAX = 40
BYTES_MAX = 64 * 1024
WORDS_MAX = 2_000
"""A right answer has some hundred; the time of a comparison grows with the square of its words."""
LETTERS = (0x10000, 0x110000)
LAYOUT = (
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
)


@dataclass(frozen=True)
class Group:
    """Learners with equal own words; `known_as` names the course's own answer that it is, if it is one."""

    unit: str
    learners: tuple[Learner, ...]
    handed: Handed
    known_as: str


@dataclass(frozen=True)
class Pair:
    """Two contents that are nearly the same."""

    unit: str
    like: float
    one: Group
    other: Group


@dataclass(frozen=True)
class Likeness:
    """Everything that is alike in a class, the most alike first."""

    groups: list[Group]
    pairs: list[Pair]
    more_pairs: int


def alike(book: Gradebook) -> Likeness:
    """Compares everybody's own words, unit by unit."""
    groups: list[Group] = []
    pairs: list[Pair] = []
    for unit in book.units:
        found = _groups(book, unit.slug)
        groups += [group for _, group in found if len(group.learners) > 1]
        pairs += _pairs(found)
    pairs.sort(key=lambda pair: -pair.like)
    groups.sort(key=lambda group: (bool(group.known_as), -len(group.learners)))
    return Likeness(groups, pairs[:PAIRS_MAX], max(0, len(pairs) - PAIRS_MAX))


def _groups(book: Gradebook, slug: str) -> list[tuple[tuple[str, ...], Group]]:
    unit = next(unit for unit in book.units if unit.slug == slug)
    stub = frozenset(_lines(_text(unit.stub.read_bytes())))
    answers = [unit.solution, *unit.also] if unit.solutions.is_dir() else []
    known = {own_words(path.read_bytes(), stub): path.stem for path in reversed(answers)}
    holders: defaultdict[tuple[str, ...], list[tuple[Learner, Handed]]] = defaultdict(list)
    words_of: dict[str, tuple[str, ...]] = {}
    for learner, graded in book.of(slug):
        handed = graded.handed
        if book.untouched(handed):
            continue
        if handed.sha256 not in words_of:
            words_of[handed.sha256] = own_words(handed.data, stub)
        if len(words_of[handed.sha256]) >= OWN_WORDS_MIN:
            holders[words_of[handed.sha256]].append((learner, handed))
    return [
        (words, Group(slug, tuple(learner for learner, _ in who), who[0][1], known.get(words, "")))
        for words, who in holders.items()
    ]


def _pairs(found: list[tuple[tuple[str, ...], Group]]) -> list[Pair]:
    """Compares each with each; words are letters here, because that is what the library is fastest at."""
    letters: dict[str, str] = {}
    texts = [
        "".join(letters.setdefault(word, letter(len(letters))) for word in words[:WORDS_MAX])
        for words, _ in found
    ]
    pairs = []
    for place, (text, (_, group)) in enumerate(zip(texts, found, strict=True)):
        near = process.extract(
            text,
            texts[place + 1 :],
            scorer=Indel.normalized_similarity,
            processor=None,
            score_cutoff=LIKE_MIN,
            limit=PAIRS_MAX,
        )
        pairs += [Pair(group.unit, like, group, found[place + 1 + index][1]) for _, like, index in near]
    return pairs


def letter(number: int) -> str:
    """Gives a letter for the next word; a class that uses up all of them makes different words look alike."""
    return chr(LETTERS[0] + number % (LETTERS[1] - LETTERS[0]))


def own_words(data: bytes, stub: frozenset[tuple[str, ...]]) -> tuple[str, ...]:
    """Gives the words of a submission, without those lines that the stub has as well."""
    return tuple(word for line in _lines(_text(data)) if line not in stub for word in line)


def _text(data: bytes) -> str:
    return data[:BYTES_MAX].decode("utf-8", "replace")


def _lines(text: str) -> list[tuple[str, ...]]:
    """Gives each statement as its words; comments, layout and texts that stand alone are none."""
    lines: list[tuple[str, ...]] = []
    line: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.NEWLINE:
                lines.append(tuple(line))
                line = []
            elif token.type not in LAYOUT:
                line.append(token.string)
    except (tokenize.TokenError, SyntaxError):
        return [tuple(row.split()) for row in text.splitlines()]
    return [words for words in lines if words and not _is_docstring(words)]


def _is_docstring(words: Iterable[str]) -> bool:
    first, *rest = words
    return not rest and first[-1:] in "\"'" and not keyword.iskeyword(first)
