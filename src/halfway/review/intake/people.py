"""Which entries are of one learner? Two who share a name and nothing else stay two, and nothing is silent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations

from halfway.review.intake.entries import Entry
from halfway.review.intake.finding import THERE_MAX
from halfway.review.intake.model import Intake, Person, digest, shown

Work = dict[str, bytes]
"""The content of each unit."""


def people(found: list[Entry], intake: Intake) -> Iterator[tuple[Person, list[Entry]]]:
    """Gives each learner with their entries; who was found in more than one place is told, in one line."""
    by_key: defaultdict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    for entry in found:
        by_key[entry.named.platform, entry.named.name, entry.named.id].append(entry)
    copies = _copies(found)
    together: list[str] = []
    groups: list[tuple[str, list[Entry]]] = []
    for (platform, _, _), entries in by_key.items():
        apart = [entries] if platform else _apart(entries, copies)
        for own in apart:
            label = own[0].named.label
            groups.append((f"{label} ({own[0].container})" if len(apart) > 1 else label, own))
            if len(own) > 1 and not platform:
                together.append(shown(label))
    _tell_together(together, intake)
    yield from _labelled(groups)


def _labelled(groups: list[tuple[str, list[Entry]]]) -> Iterator[tuple[Person, list[Entry]]]:
    """Names each group so that no two read alike."""
    seen: Counter[str] = Counter()
    for label, own in groups:
        named = own[0].named
        key = f"{named.platform}/{named.name}/{named.id}/{label}"
        seen[shown(label)] += 1
        text = shown(label) if seen[shown(label)] == 1 else f"{shown(label)} [{digest(key)}]"
        yield Person(key, text, shown(named.name), named.platform, shown(named.id), own[0].prefix), own


def _works(entries: list[Entry]) -> dict[str, dict[str, Work]]:
    """Gives the work in each folder of a class, by name."""
    works: defaultdict[str, defaultdict[str, Work]] = defaultdict(lambda: defaultdict(dict))
    for entry in entries:
        own = works[entry.container][entry.named.name]
        own.update({slug: taken.data for slug, taken in entry.taken.items()})
    return {container: dict(own) for container, own in works.items()}


def _copies(found: list[Entry]) -> set[frozenset[str]]:
    """Finds pairs of places of which one holds all that the other does, such as a zip beside its folder."""
    works = _works([entry for entry in found if not entry.named.platform])
    pairs = combinations(sorted(works, key=lambda container: len(works[container])), 2)
    return {
        frozenset((small, large))
        for small, large in pairs
        if all(works[large].get(name) == work for name, work in works[small].items())
    }


def _apart(entries: list[Entry], copies: set[frozenset[str]]) -> list[list[Entry]]:
    """Tells people of one plain name apart: in two folders of a class they are two, if they did one unit.

    Where the units differ, or one place is a copy of the other, it is one person, found in two places.
    """
    works = {container: own for container, names in _works(entries).items() for own in names.values()}
    for one, other in combinations(works, 2):
        if works[one].keys() & works[other].keys() and frozenset((one, other)) not in copies:
            return [[entry for entry in entries if entry.container == container] for container in works]
    return [entries]


def _tell_together(labels: list[str], intake: Intake) -> None:
    if labels:
        some = ", ".join(sorted(labels)[:THERE_MAX]) + (" and others" if len(labels) > THERE_MAX else "")
        each = "is one learner" if len(labels) == 1 else f"are {len(labels):,} learners, each of them one"
        intake.remark(some, f"{each}, with work in more than one place.", taken=True)
