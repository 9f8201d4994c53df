"""A segment: the rows of some graphs, sorted for walking, and the nodes that are new in it.

Nodes have numbers that never change; a segment names those that no earlier one has named,
``first`` to ``last`` without the last. Rows are kept twice, by subject and by object, in eight
adjacency lists, so that a walk meets only rows it wants: a file that a million runs used
costs nothing to one who asks where it came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from kg_service.index.files import Array, ArrayFile, DamagedFile
from kg_service.index.relations import Codes, Ids, Relation, Table

Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.intp]
# what may be true of a node; a walk looks closer where it is
WHOLE, PART, JOINED, JOINED_BY_NAME, MEMBERS, CONTAINED = 1, 2, 4, 8, 16, 32
# by subject (forth) and by object (back); a walk asks entities and activities for different ones
FORTH: dict[str, tuple[Relation, ...]] = {
    "origins": (Relation.GENERATED, Relation.DERIVED),
    "inputs": (Relation.USED, Relation.INFORMED),
    "members": (Relation.MEMBER,),
    "marks": tuple(relation for relation in Relation if relation > Relation.MEMBER),
}
BACK: dict[str, tuple[Relation, ...]] = {
    "outputs": (Relation.GENERATED, Relation.INFORMED),
    "uses": (Relation.USED, Relation.DERIVED),
    "containers": FORTH["members"],
    "holders": FORTH["marks"],
}
_SPARSE = 16


@dataclass(frozen=True)
class GraphEntry:
    """A graph of a segment: its number, its IRI, and what tells its content from another's."""

    number: int
    iri: str
    stamp: str


@dataclass(frozen=True)
class Adjacency:
    """For each of some nodes, its rows: the other node, relation and graph of each.

    ``nodes`` are those that have rows, in order; None where many have: then ``starts`` has a
    place for every number below its length. ``every``: for every number that is asked for.
    """

    nodes: Ids | None
    starts: Ids
    others: Ids
    codes: Codes
    graphs: Ids
    grades: Codes
    every: bool = False

    def spans(self, ids: Places) -> tuple[Ids, Ids]:
        """Where the rows of nodes begin and end."""
        if self.nodes is None:
            starts = self.starts
            if not self.every:
                limit = len(starts) - 1
                return starts[np.minimum(ids, limit)], starts[np.minimum(ids + 1, limit)]
            return starts[ids], starts[ids + 1]
        if not len(self.nodes):
            nothing = np.zeros(len(ids), np.uint32)
            return nothing, nothing
        at = self.nodes.searchsorted(ids)
        at[at == len(self.nodes)] = 0
        found = self.nodes[at] == ids
        return self.starts[at], self.starts[at + found]

    def span(self, number: int) -> tuple[int, int]:
        """The same of one node."""
        starts = self.starts
        if self.nodes is None:
            if number + 1 >= len(starts):
                return 0, 0
            return int(starts[number]), int(starts[number + 1])
        at = int(self.nodes.searchsorted(number))
        if at == len(self.nodes) or self.nodes[at] != number:
            return 0, 0
        return int(starts[at]), int(starts[at + 1])

    def keys(self) -> Ids:
        """The node of each row."""
        counts = np.diff(self.starts)
        nodes = np.arange(len(counts), dtype=np.uint32) if self.nodes is None else self.nodes
        return np.repeat(nodes, counts)


class Segment:
    """A segment in memory or in a mapped file."""

    def __init__(self, about: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
        self.about = about
        self.arrays = arrays
        self.first = int(about["first"])
        self.last = int(about["last"])
        self.rows = int(about["rows"])
        self.graphs = tuple(GraphEntry(*entry) for entry in about["graphs"])
        self._starts = arrays["iri_starts"]
        self._iris = arrays["iris"]
        self._text = self._iris.data
        self.lists = {name: self._adjacency(name) for name in (*FORTH, *BACK)}

    @classmethod
    def of_file(cls, file: ArrayFile) -> Segment:
        """Raises DamagedFile."""
        try:
            return cls(file.about, file.arrays)
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedFile(f"{file.path.name} lacks {error}") from error

    def iri(self, number: int) -> bytes:
        """The IRI of one of the segment's own nodes."""
        at = number - self.first
        return bytes(self._text[int(self._starts[at]) : int(self._starts[at + 1])])

    def iris(self, numbers: Places) -> list[bytes]:
        """The IRIs of several."""
        at = numbers - self.first
        begins, ends = self._starts[at].tolist(), self._starts[at + 1].tolist()
        text = self._text
        return [bytes(text[b:e]) for b, e in zip(begins, ends, strict=True)]

    def number_of(self, iri: bytes, hashed: int) -> int | None:
        """The number of a node that is named here."""
        hashes: Hashes = self.arrays["hashes"]
        at = int(np.searchsorted(hashes, np.uint64(hashed)))
        while at < len(hashes) and int(hashes[at]) == hashed:
            number = int(self.arrays["hashed"][at])
            if self.iri(number) == iri:
                return number
            at += 1
        return None

    def numbers_of(self, iris: Sequence[bytes], hashed: Hashes) -> dict[int, int]:
        """For places in a list of IRIs, their numbers; only of those that are named here."""
        hashes: Hashes = self.arrays["hashes"]
        if not len(hashes):
            return {}
        at = np.minimum(np.searchsorted(hashes, hashed), len(hashes) - 1)
        found: dict[int, int] = {}
        for place in np.flatnonzero(hashes[at] == hashed).tolist():
            number = self.number_of(iris[place], int(hashed[place]))
            if number is not None:
                found[place] = number
        return found

    def table(self) -> Table:
        """All rows."""
        return Table.joined(self._rows_of(name) for name in FORTH)

    def bytes_of_rows(self) -> int:
        """What the rows take, without the names of nodes."""
        return sum(a.nbytes for n, a in self.arrays.items() if "." in n)

    @cached_property
    def flags(self) -> tuple[Ids, Codes]:
        """Nodes of which something may be true, and what."""
        return self.arrays["flagged"], self.arrays["flags"]

    def _rows_of(self, name: str) -> Table:
        rows = self.lists[name]
        return Table(rows.keys(), rows.codes, rows.others, rows.graphs, rows.grades)

    def _adjacency(self, name: str) -> Adjacency:
        nodes = self.arrays[f"{name}.nodes"]
        starts = self.arrays[f"{name}.starts"]
        return Adjacency(
            nodes if len(nodes) or len(starts) == 1 else None,
            starts,
            self.arrays[f"{name}.others"],
            self.arrays[f"{name}.codes"],
            self.arrays[f"{name}.graphs"],
            self.arrays[f"{name}.grades"],
        )


def hash_of(iri: bytes) -> int:
    """64 bits of an IRI."""
    return int.from_bytes(blake2b(iri, digest_size=8).digest(), "little")


def hashes_of(iris: Iterable[bytes]) -> Hashes:
    """The same of many."""
    digests = b"".join([blake2b(iri, digest_size=8).digest() for iri in iris])
    return np.frombuffer(digests, "<u8")


def build_segment(
    first: int, iris: Sequence[bytes], table: Table, graphs: Sequence[GraphEntry]
) -> Segment:
    """A segment of rows and of the nodes from ``first`` on that they are the first to name."""
    lengths = np.fromiter(map(len, iris), np.uint64, len(iris))
    starts = np.zeros(len(iris) + 1, np.uint64)
    np.cumsum(lengths, out=starts[1:])
    return _assemble(
        first, starts, np.frombuffer(b"".join(iris), np.uint8), hashes_of(iris), table, graphs
    )


def merge_segments(segments: Sequence[Segment], live: npt.NDArray[np.bool_] | None) -> Segment:
    """One segment of several that follow each other; rows of graphs that are not live left out."""
    starts, end = [np.zeros(1, np.uint64)], 0
    for segment in segments:
        own = segment.arrays["iri_starts"]
        starts.append(own[1:] + np.uint64(end))
        end += int(own[-1])
    hashes = np.zeros(segments[-1].last - segments[0].first, np.uint64)
    for segment in segments:
        hashes[segment.arrays["hashed"] - np.uint32(segments[0].first)] = segment.arrays["hashes"]
    table = Table.joined(segment.table() for segment in segments)
    graphs = [entry for segment in segments for entry in segment.graphs]
    if live is not None:
        table = table.where(live[table.graphs])
        graphs = [entry for entry in graphs if live[entry.number]]
    iris = np.concatenate([segment.arrays["iris"] for segment in segments])
    return _assemble(segments[0].first, np.concatenate(starts), iris, hashes, table, graphs)


def _assemble(
    first: int,
    starts: npt.NDArray[np.uint64],
    iris: Codes,
    hashes: Hashes,
    table: Table,
    graphs: Sequence[GraphEntry],
) -> Segment:
    last = first + len(starts) - 1
    order = np.argsort(hashes, kind="stable")
    arrays: dict[str, Array] = {
        "iri_starts": starts,
        "iris": iris,
        "hashes": hashes[order],
        "hashed": (order + first).astype(np.uint32),
    }
    rows = 0
    for name, relations in FORTH.items():
        part = table.where(np.isin(table.codes, relations))
        part = part.sorted_by(part.subjects, part.objects)
        rows += len(part)
        arrays |= _listed(name, part.subjects, part.objects, part, last)
    for name, relations in BACK.items():
        part = table.where(np.isin(table.codes, relations))
        part = part.sorted_by(part.objects, part.subjects)
        arrays |= _listed(name, part.objects, part.subjects, part, last)
    arrays["flagged"], arrays["flags"] = _flags(table)
    about = {
        "first": first,
        "last": last,
        "rows": rows,
        "graphs": [[g.number, g.iri, g.stamp] for g in graphs],
    }
    return Segment(about, arrays)


def _listed(name: str, keys: Ids, others: Ids, table: Table, last: int) -> dict[str, Array]:
    nodes, counts = np.unique(keys, return_counts=True)
    starts = np.zeros(len(nodes) + 1, np.uint32)
    np.cumsum(counts, out=starts[1:])
    if len(nodes) * _SPARSE > last:
        every = np.zeros(last + 1, np.uint32)
        every[nodes.astype(np.intp) + 1] = counts
        starts, nodes = np.cumsum(every, dtype=np.uint32), nodes[:0]
    return {
        f"{name}.nodes": nodes,
        f"{name}.starts": starts,
        f"{name}.others": others,
        f"{name}.codes": table.codes,
        f"{name}.graphs": table.graphs,
        f"{name}.grades": table.grades,
    }


def _flags(table: Table) -> tuple[Ids, Codes]:
    in_run = table.codes == Relation.PART_OF_RUN
    member = table.codes == Relation.MEMBER
    told = [
        (table.objects[in_run], WHOLE),
        (table.subjects[in_run], PART),
        (table.subjects[member], MEMBERS),
        (table.objects[member], CONTAINED),
        *((holders, flag) for holders, flag in shared_holders(table)),
    ]
    ids = np.concatenate([ids for ids, _ in told])
    flags = np.concatenate([np.full(len(ids), flag, np.uint8) for ids, flag in told])
    nodes, places = np.unique(ids, return_inverse=True)
    joined = np.zeros(len(nodes), np.uint8)
    np.bitwise_or.at(joined, places, flags)
    return nodes, joined


def shared_holders(table: Table) -> list[tuple[Ids, int]]:
    """The nodes that share a key with another one, with the flag of how."""
    found: list[tuple[Ids, int]] = []
    named = table.codes == Relation.NAME
    keyed = (table.codes >= Relation.IDENTIFIER) & (table.codes < Relation.NAME)
    for mask, flag in ((keyed, JOINED), (named, JOINED_BY_NAME)):
        keys, holders = table.objects[mask], table.subjects[mask]
        pairs = np.unique((keys.astype(np.uint64) << np.uint64(32)) | holders)
        keys = (pairs >> np.uint64(32)).astype(np.uint32)
        if len(keys):
            alone = np.ones(len(keys), np.bool_)
            alone[1:] &= keys[1:] != keys[:-1]
            alone[:-1] &= keys[:-1] != keys[1:]
            found.append(((pairs[~alone] & np.uint64(0xFFFFFFFF)).astype(np.uint32), flag))
    return found
