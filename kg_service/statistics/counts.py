"""Counting a graph, and many counted graphs as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from kg_service.store.statements import END
from kg_service.terms import RDF_TYPE

Hashes = NDArray[np.uint64]
Tags = NDArray[np.uint32]
_TYPE = f"<{RDF_TYPE.value}>".encode()
_AT_ONCE = 100_000
_KEPT = 1_000_000
_NONE: Hashes = np.empty(0, np.uint64)
_NO_TAGS: Tags = np.empty(0, np.uint32)


@dataclass(frozen=True)
class Counts:
    """What one graph holds. Hashes are sorted, and each is there once; classes hold subjects."""

    properties: Mapping[str, int]
    classes: Mapping[str, Hashes]
    subjects: Hashes
    objects: Hashes

    @property
    def triples(self) -> int:
        return sum(self.properties.values())

    @property
    def bytes(self) -> int:
        """What the hashes take in memory."""
        hashes = (self.subjects, self.objects, *self.classes.values())
        return sum(values.nbytes for values in hashes)


@dataclass(frozen=True)
class Totals:
    """What several graphs hold together; a statement that two of them make counts twice."""

    triples: int = 0
    entities: int = 0
    subjects: int = 0
    objects: int = 0
    properties: Mapping[str, int] = field(default_factory=dict)
    classes: Mapping[str, int] = field(default_factory=dict)


def count(lines: Iterable[bytes], properties: Mapping[str, int] | None = None) -> Counts:
    """Count lines of N-Triples; a line that is there twice counts once.

    Where the numbers of statements by property are known, lines need not be kept apart, which
    takes most of the memory.
    """
    counting = _Counting(properties)
    remaining = iter(lines)
    while chunk := list(islice(remaining, _AT_ONCE)):
        counting.add(chunk)
    return counting.done()


def total(parts: Sequence[Counts]) -> Totals:
    """The graphs as one."""
    properties: Counter[str] = Counter()
    classes: dict[str, list[Hashes]] = {}
    for part in parts:
        properties.update(part.properties)
        for class_, instances in part.classes.items():
            classes.setdefault(class_, []).append(instances)
    typed = [instances for each in classes.values() for instances in each]
    return Totals(
        triples=sum(properties.values()),
        entities=_distinct(typed).size,
        subjects=_distinct([part.subjects for part in parts]).size,
        objects=_distinct([part.objects for part in parts]).size,
        properties=dict(sorted(properties.items())),
        classes={name: _distinct(each).size for name, each in sorted(classes.items())},
    )


class _Counting:
    """Counts one graph, in chunks."""

    def __init__(self, known: Mapping[str, int] | None) -> None:
        self._known = known
        self._properties: dict[bytes, int] = {}
        self._subjects, self._objects, self._lines = _Distinct(), _Distinct(), _Distinct()
        self._classes: dict[bytes, _Distinct] = {}

    def add(self, chunk: Sequence[bytes]) -> None:
        subjects: list[bytes] = []
        objects: list[bytes] = []
        predicates: list[int] = []
        typed: dict[bytes, list[bytes]] = {}
        known = self._properties
        for subject, predicate, object_ in _parts(chunk):
            subjects.append(_hash(subject))
            objects.append(_hash(object_))
            predicates.append(known.setdefault(predicate, len(known)))
            if predicate == _TYPE:
                typed.setdefault(object_, []).append(subjects[-1])
        s, o = _numbers(subjects), _numbers(objects)
        self._subjects.add(s)
        self._objects.add(o)
        if self._known is None:
            self._lines.add(_mixed(s, o), np.array(predicates, np.uint32))
        for class_, instances in typed.items():
            self._classes.setdefault(class_, _Distinct()).add(_numbers(instances))

    def done(self) -> Counts:
        properties = self._known
        if properties is None:
            _, predicates = self._lines.pairs()
            numbers = np.bincount(predicates, minlength=len(self._properties)).tolist()
            properties = {p[1:-1].decode(): numbers[i] for p, i in self._properties.items()}
        return Counts(
            properties,
            {c[1:-1].decode(): d.values() for c, d in sorted(self._classes.items())},
            self._subjects.values(),
            self._objects.values(),
        )


class _Distinct:
    """Distinct numbers, or pairs of one and a tag, of a growing list."""

    def __init__(self) -> None:
        self._values: list[Hashes] = []
        self._tags: list[Tags] = []
        self._waiting = 0

    def add(self, values: Hashes, tags: Tags | None = None) -> None:
        self._values.append(values)
        if tags is not None:
            self._tags.append(tags)
        self._waiting += values.size
        if self._waiting > _KEPT:
            self._join()

    def values(self) -> Hashes:
        self._join()
        return self._values[0]

    def pairs(self) -> tuple[Hashes, Tags]:
        self._join()
        return self._values[0], self._tags[0] if self._tags else _NO_TAGS

    def _join(self) -> None:
        self._waiting = 0
        values = np.concatenate(self._values) if self._values else _NONE
        if not self._tags:
            self._values = [_sorted(values)]
            return
        tags = np.concatenate(self._tags)
        # a tag makes another number of what is paired with it
        keys = values ^ (tags.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
        _, first = np.unique(keys, return_index=True)
        self._values, self._tags = [values[first]], [tags[first]]


def _parts(chunk: Sequence[bytes]) -> Iterator[tuple[bytes, bytes, bytes]]:
    for line in chunk:
        subject, predicate, rest = line.split(b" ", 2)
        yield subject, predicate, rest.removesuffix(END)


@lru_cache(maxsize=8192)
def _hash(term: bytes) -> bytes:
    return blake2b(term, digest_size=8).digest()


def _numbers(hashes: Sequence[bytes]) -> Hashes:
    return np.frombuffer(b"".join(hashes), "<u8").astype(np.uint64)


def _mixed(subjects: Hashes, objects: Hashes) -> Hashes:
    """A number for each pair; other than of the pair turned round."""
    turned = (objects ^ (objects >> np.uint64(29))) * np.uint64(0xC4CEB9FE1A85EC53)
    mixed: Hashes = (subjects * np.uint64(0xFF51AFD7ED558CCD) + turned).astype(np.uint64)
    return mixed


def _distinct(parts: Sequence[Hashes]) -> Hashes:
    if not parts:
        return _NONE
    return parts[0] if len(parts) == 1 else _sorted(np.concatenate(parts))


def _sorted(values: Hashes) -> Hashes:
    """Each number once, in order; many times faster than ``np.unique``, which hashes."""
    if not values.size:
        return values
    in_order = np.sort(values)
    distinct: Hashes = in_order[np.concatenate([[True], in_order[1:] != in_order[:-1]])]
    return distinct
