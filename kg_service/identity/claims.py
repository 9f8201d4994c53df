"""What a source claims of its things that can make them the same as others'.

One pass over its aligned statements gathers identifiers, sameAs, locations, checksums and
kinds; a second one, where it is needed, names, memberships and the facilities of investigations.
No statement is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, cast, runtime_checkable

from pyoxigraph import Literal, NamedNode, Triple

from kg_service.identity.content import ALGORITHMS, SMALLEST
from kg_service.identity.identifiers import iri_key
from kg_service.identity.kinds import KIND_OF_CLASS, Kind
from kg_service.terms import OWL_SAME_AS, RDF_TYPE, RDFS_LABEL, dcterms, kg, prov

IDENTIFIER = dcterms("identifier")
LOCATION = kg("location")
CATALOGUE_IDENTIFIER = kg("catalogueIdentifier")
CHECKSUMS = {kg(name): name for name in ALGORITHMS}
NAMES = (RDFS_LABEL, kg("name"))
_SIZE = kg("size")
_FACILITY = kg("facility")
_PART_OF = kg("partOf")
_MEMBER = prov("hadMember")
# flags are slow to join by the million, integers are not
_BITS = {node_class: kind.value for node_class, kind in KIND_OF_CLASS.items()}
_TELLING = {
    RDF_TYPE, IDENTIFIER, OWL_SAME_AS, LOCATION, CATALOGUE_IDENTIFIER, _SIZE, _FACILITY,
    *CHECKSUMS,
}  # fmt: skip
_NAMED = (Kind.MATERIAL | Kind.DATASET).value


@runtime_checkable
class ByProperty(Protocol):
    """Statements that can be had by property faster than all of them can."""

    def of(self, properties: Collection[NamedNode]) -> Iterator[Triple]: ...


Aligned = Iterable[Triple] | ByProperty
Told = tuple[NamedNode, NamedNode | Literal]
_BitsOf = Callable[[object, int], int]


@dataclass
class Claims:
    """The statements of one source that matter to identity, by what they tell.

    ``told`` holds pairs of thing and value; ``small`` the files of fewer bytes than tell anything.
    """

    identifiers: list[Told] = field(default_factory=list)
    same_as: list[Told] = field(default_factory=list)
    locations: list[Told] = field(default_factory=list)
    catalogue_identifiers: list[Told] = field(default_factory=list)
    checksums: list[tuple[NamedNode, str, str]] = field(default_factory=list)
    own: dict[NamedNode, None] = field(default_factory=dict)
    small: set[NamedNode] = field(default_factory=set)
    facilities: dict[NamedNode, list[NamedNode | Literal]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _bits: dict[NamedNode, int] = field(default_factory=dict)
    _aligned: Aligned = ()

    @classmethod
    def gather(cls, aligned: Aligned) -> Claims:
        """One pass over the statements, which must be iterable again for the other methods."""
        claims = cls(_aligned=aligned)
        bits, own, small = claims._bits, claims.own, claims.small
        lists = {
            IDENTIFIER: claims.identifiers,
            OWL_SAME_AS: claims.same_as,
            LOCATION: claims.locations,
            CATALOGUE_IDENTIFIER: claims.catalogue_identifiers,
        }
        checksums, bits_of = claims.checksums, cast("_BitsOf", _BITS.get)
        for triple in only(aligned, _TELLING):
            predicate, subject, value = triple.predicate, triple.subject, triple.object
            if not isinstance(subject, NamedNode) or not isinstance(value, (NamedNode, Literal)):
                continue
            before = bits.get(subject)
            if before is None:
                bits[subject] = before = 0
                if iri_key(subject.value) is not None:
                    own[subject] = None
            if predicate == RDF_TYPE:
                bit = bits_of(value, 0)
                if bit & ~before:
                    bits[subject] = before | bit
            elif predicate == _SIZE:
                if (size := bytes_told(value.value)) is not None and size < SMALLEST:
                    small.add(subject)
            elif (algorithm := CHECKSUMS.get(predicate)) is not None:
                checksums.append((subject, algorithm, value.value))
            elif predicate == _FACILITY:
                claims.facilities[subject].append(value)
            else:
                lists[predicate].append((subject, value))
        return claims

    def kind(self, node: NamedNode) -> Kind:
        """The kind of a thing; unknown where its classes do not tell."""
        return Kind(self._bits.get(node, 0))

    def named(self) -> list[Told]:
        """Names of materials and datasets."""
        if not any(bit & _NAMED for bit in self._bits.values()):
            return []
        bits = self._bits
        found: list[Told] = []
        for triple in only(self._aligned, NAMES):
            subject, value = triple.subject, triple.object
            assert isinstance(subject, NamedNode)
            if bits.get(subject, 0) & _NAMED and isinstance(value, Literal):
                found.append((subject, value))
        return found

    def members_among(self, nodes: set[NamedNode]) -> list[tuple[NamedNode, NamedNode]]:
        """Pairs of collection and member, both among some nodes."""
        return self._pairs(_MEMBER, nodes) if nodes else []

    def facility_values(self, nodes: Iterable[NamedNode]) -> dict[NamedNode, list[object]]:
        """What tells the facility of each node: the node itself, else what it is a part of.

        Where the whole source names one facility, that is the facility of all of it.
        """
        values = {value for told in self.facilities.values() for value in told}
        if len(values) <= 1:
            return {node: list(values) for node in nodes} if values else {}
        wanted = set(nodes)
        frames: dict[NamedNode, list[NamedNode]] = defaultdict(list)
        for part, whole in self._pairs(_PART_OF, None):
            frames[part].append(whole)
        return {node: self._nearest(node, frames) for node in wanted}

    def labels(self, nodes: set[NamedNode]) -> dict[NamedNode, list[str]]:
        """The names and identifiers of some nodes."""
        found: dict[NamedNode, list[str]] = defaultdict(list)
        if nodes:
            for triple in only(self._aligned, (*NAMES, IDENTIFIER)):
                subject, value = triple.subject, triple.object
                if subject in nodes and isinstance(value, (NamedNode, Literal)):
                    found[cast(NamedNode, subject)].append(value.value)
        return found

    def _nearest(self, node: NamedNode, frames: dict[NamedNode, list[NamedNode]]) -> list[object]:
        level, seen = [node], {node}
        while level:
            told: list[object] = [v for n in level for v in self.facilities.get(n, ())]
            if told:
                return told
            level = [w for n in level for w in frames.get(n, ()) if w not in seen]
            seen.update(level)
        return []

    def _pairs(
        self, predicate: NamedNode, nodes: set[NamedNode] | None
    ) -> list[tuple[NamedNode, NamedNode]]:
        found = []
        for triple in only(self._aligned, (predicate,)):
            subject, value = triple.subject, triple.object
            if (
                isinstance(subject, NamedNode)
                and isinstance(value, NamedNode)
                and (nodes is None or (subject in nodes and value in nodes))
            ):
                found.append((subject, value))
        return found


def only(statements: Aligned, properties: Collection[NamedNode]) -> Iterator[Triple]:
    """The statements of some properties."""
    if isinstance(statements, ByProperty):
        return statements.of(properties)
    return (triple for triple in statements if triple.predicate in properties)


def bytes_told(written: str) -> int | None:
    """A size in bytes, None where it is not written as a plain number."""
    text = written.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
