"""What stands around a thing: one step along a property of the aligned graphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from pyoxigraph import NamedNode

from kg_service.errors import UsageError
from kg_service.identity.evidence import Policy
from kg_service.lineage.edges import StoreEdges
from kg_service.lineage.levels import outermost_run
from kg_service.rdf import is_aligned
from kg_service.store.port import GraphReader
from kg_service.terms import kg, prov

MOST_AROUND = 100_000


class Relation(Enum):
    """A property, and whether it is followed against its direction."""

    USED = (prov("used"), False)
    USED_BY = (prov("used"), True)
    GENERATED = (prov("wasGeneratedBy"), True)
    GENERATED_BY = (prov("wasGeneratedBy"), False)
    DERIVED_FROM = (prov("wasDerivedFrom"), False)
    DERIVATIONS = (prov("wasDerivedFrom"), True)
    INFORMED_BY = (prov("wasInformedBy"), False)
    MEMBERS = (prov("hadMember"), False)
    MEMBER_OF = (prov("hadMember"), True)
    AGENTS = (prov("wasAssociatedWith"), False)
    ACTIVITIES_OF_AGENT = (prov("wasAssociatedWith"), True)
    ATTRIBUTED_TO = (prov("wasAttributedTo"), False)
    ATTRIBUTED = (prov("wasAttributedTo"), True)
    INSTRUMENTS = (kg("usedInstrument"), False)
    ACTIVITIES_OF_INSTRUMENT = (kg("usedInstrument"), True)
    PLANS = (kg("hadPlan"), False)
    RUNS = (kg("hadPlan"), True)
    PARTS = (kg("partOfRun"), True)
    INVESTIGATIONS = (kg("partOf"), False)
    THINGS_OF_INVESTIGATION = (kg("partOf"), True)
    OUTERMOST_RUN = (kg("partOfRun"), False)


def related(reader: GraphReader, keys: Sequence[tuple[Relation, str]]) -> list[list[str]]:
    """For each relation of each thing the IRIs it leads to, in order. Raises StoreError."""
    edges = StoreEdges(reader, Policy.DEFAULT)
    found = []
    for relation, iri in keys:
        node = NamedNode(iri)
        if relation is Relation.OUTERMOST_RUN:
            run = outermost_run(edges, node)
            found.append([run.value] if run else [])
        else:
            found.append(_bounded(_around(reader, relation, node), iri))
    return found


def _around(reader: GraphReader, relation: Relation, node: NamedNode) -> Iterator[str]:
    property_, inverse = relation.value
    quads = reader.quads(None, property_, node) if inverse else reader.quads(node, property_)
    for quad in quads:
        other = quad.subject if inverse else quad.object
        if isinstance(other, NamedNode) and is_aligned(quad.graph_name):
            yield other.value


def _bounded(iris: Iterable[str], of: str) -> list[str]:
    found: set[str] = set()
    for iri in iris:
        found.add(iri)
        if len(found) > MOST_AROUND:
            raise UsageError(
                f"{of} has more than {MOST_AROUND} of these; ask with SPARQL, or for its lineage"
            )
    return sorted(found)
