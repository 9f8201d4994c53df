"""The statements that lineage is walked on, as rows of integers.

A row says that a node has a relation to another in a graph. Nodes are numbered as they are met;
what a number stands for is kept apart from the rows.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from enum import IntEnum
from itertools import groupby
from operator import itemgetter

import numpy as np
import numpy.typing as npt
from pyoxigraph import NamedNode

from kg_service.identity.evidence import Evidence
from kg_service.store.grades import Grade, Grades
from kg_service.store.statements import END
from kg_service.terms import kg, prov

Ids = npt.NDArray[np.uint32]
Codes = npt.NDArray[np.uint8]


class Relation(IntEnum):
    """What a row says of its subject and object; those below ``MEMBER`` are steps of a walk."""

    USED = 0
    GENERATED = 1
    DERIVED = 2
    INFORMED = 3
    MEMBER = 4
    PART_OF_RUN = 5
    IDENTIFIER = 6
    SAME_AS = 7
    LOCATION = 8
    CONTENT = 9
    NAME = 10


PREDICATES: dict[NamedNode, Relation] = {
    prov("used"): Relation.USED,
    prov("wasGeneratedBy"): Relation.GENERATED,
    prov("wasDerivedFrom"): Relation.DERIVED,
    prov("wasInformedBy"): Relation.INFORMED,
    prov("hadMember"): Relation.MEMBER,
    kg("partOfRun"): Relation.PART_OF_RUN,
    Evidence.IDENTIFIER.property: Relation.IDENTIFIER,
    Evidence.SAME_AS.property: Relation.SAME_AS,
    Evidence.LOCATION.property: Relation.LOCATION,
    Evidence.CONTENT.property: Relation.CONTENT,
    Evidence.NAME.property: Relation.NAME,
}
PROPERTIES = {relation: predicate for predicate, relation in PREDICATES.items()}

GRADES: tuple[Grade | None, ...] = (*Grade, None)
"""The grade of each number that stands for one; of the last, nothing is known."""
_UNKNOWN = len(GRADES) - 1
_NUMBERS = {grade: number for number, grade in enumerate(Grade)}
_CODES = {str(predicate).encode(): int(code) for predicate, code in PREDICATES.items()}


class Rows:
    """Rows that grow, over tokens: IRIs as UTF-8, numbered in ``tokens`` as they are met."""

    def __init__(self) -> None:
        self.tokens: dict[bytes, int] = {}
        self._subjects = array("I")
        self._objects = array("I")
        self._codes = bytearray()
        self._graphs = array("I")
        self._grades = bytearray()

    def __len__(self) -> int:
        return len(self._subjects)

    def name(self, iris: Iterable[bytes]) -> None:
        """Give numbers to nodes that no row may speak of."""
        for iri in iris:
            self.tokens.setdefault(iri, len(self.tokens))

    def take(self, lines: Iterable[bytes], graph: int, grades: Grades | None = None) -> None:
        """Add what lines of N-Triples say about lineage, in a graph of this number.

        ``grades`` tells how the steps and memberships among them came about.
        """
        self._take(lines, graph, _UNKNOWN)
        if grades is not None:
            # once more, and of the same row the strongest grade is kept: see Table.sorted_by
            for grade, graded in groupby(grades.lines(), key=itemgetter(0)):
                self._take(map(itemgetter(1), graded), graph, _NUMBERS[grade])

    def _take(self, lines: Iterable[bytes], graph: int, grade: int) -> None:
        tokens, codes = self.tokens, _CODES
        before = len(self._subjects)
        for line in lines:
            subject, predicate, rest = line.split(b" ", 2)
            code = codes.get(predicate)
            if code is None or rest[:1] != b"<":
                continue  # a value is nothing to walk to
            self._subjects.append(tokens.setdefault(subject[1:-1], len(tokens)))
            self._objects.append(tokens.setdefault(rest[1 : -len(END) - 1], len(tokens)))
            self._codes.append(code)
        new = len(self._subjects) - before
        self._graphs.extend(array("I", [graph]) * new)
        self._grades += bytes([grade]) * new

    def table(self, numbers: Ids) -> Table:
        """The rows, with the tokens' numbers replaced by these."""
        return Table(
            numbers[np.frombuffer(self._subjects, np.uint32)],
            np.frombuffer(bytes(self._codes), np.uint8),
            numbers[np.frombuffer(self._objects, np.uint32)],
            np.frombuffer(self._graphs, np.uint32),
            np.frombuffer(bytes(self._grades), np.uint8),
        )


class Table:
    """Rows in columns: subject, relation, object, graph, and the number of the grade."""

    __slots__ = ("codes", "grades", "graphs", "objects", "subjects")

    def __init__(
        self, subjects: Ids, codes: Codes, objects: Ids, graphs: Ids, grades: Codes
    ) -> None:
        self.subjects = subjects
        self.codes = codes
        self.objects = objects
        self.graphs = graphs
        self.grades = grades

    def __len__(self) -> int:
        return len(self.subjects)

    def where(self, wanted: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Table:
        """Some of the rows: those of a mask, or at places."""
        return Table(
            self.subjects[wanted],
            self.codes[wanted],
            self.objects[wanted],
            self.graphs[wanted],
            self.grades[wanted],
        )

    @classmethod
    def joined(cls, tables: Iterable[Table]) -> Table:
        """All rows of several."""
        all_ = list(tables)
        return cls(
            np.concatenate([t.subjects for t in all_]),
            np.concatenate([t.codes for t in all_]),
            np.concatenate([t.objects for t in all_]),
            np.concatenate([t.graphs for t in all_]),
            np.concatenate([t.grades for t in all_]),
        )

    def sorted_by(self, key: Ids, other: Ids) -> Table:
        """In the order of one column, then of the relation, then of the other; each row once.

        Of rows that differ by their grades only, the one with the strongest.
        """
        order = np.lexsort((self.grades, self.graphs, other, self.codes, key))
        made = self.where(order)
        if not len(made):
            return made
        same = np.ones(len(made) - 1, np.bool_)
        for column in (made.subjects, made.codes, made.objects, made.graphs):
            same &= column[1:] == column[:-1]
        return made.where(np.concatenate(([True], ~same)))
