"""Small graphs for lineage tests, written as tuples such as ``("out", "by", "run")``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pyoxigraph import NamedNode, Triple

from kg_service.identity.evidence import Policy
from kg_service.lineage.asked import lineage_asked
from kg_service.lineage.model import Direction, Granularity, Lineage, Request
from kg_service.store.embedded import OxigraphStore
from kg_service.store.port import Change
from kg_service.store.statements import Statements
from kg_service.terms import RDF_TYPE, kg, prov

NS = "http://x.example/"
Statement = tuple[str, str, str]
_PREDICATES = {
    "used": prov("used"),
    "by": prov("wasGeneratedBy"),
    "from": prov("wasDerivedFrom"),
    "informed": prov("wasInformedBy"),
    "member": prov("hadMember"),
    "part": kg("partOfRun"),
}
KEYS = {
    "id": kg("hasIdentifierKey"),
    "content": kg("hasContentKey"),
    "name": kg("hasNameKey"),
}


def node(name: str) -> NamedNode:
    return NamedNode(NS + name)


def store_of(*statements: Statement, sources: int = 1) -> OxigraphStore:
    """A store of statements, dealt to so many sources; activities are typed.

    Each thing has its keys from a source of its own, so that nothing speaks against a match.
    """
    graphs: dict[NamedNode, list[Triple]] = defaultdict(list)
    for place, (subject, word, object_) in enumerate(statements):
        if word in KEYS:
            identity = NamedNode(f"http://kg.test/graph/{subject}/1/identity")
            graphs[identity].append(Triple(node(subject), KEYS[word], node(object_)))
            continue
        aligned = NamedNode(f"http://kg.test/graph/s{place % sources}/1/aligned")
        graphs[aligned].append(Triple(node(subject), _PREDICATES[word], node(object_)))
        for activity in {"used": [subject], "by": [object_], "informed": [subject, object_]}.get(
            word, []
        ):
            graphs[aligned].append(Triple(node(activity), RDF_TYPE, prov("Activity")))
    store = OxigraphStore()
    store.commit(Change(graphs={g: Statements.of(told) for g, told in graphs.items()}))
    return store


def lineage(
    statements: Sequence[Statement],
    start: str,
    direction: Direction,
    *,
    depth: int | None = None,
    limit: int = 100_000,
    policy: Policy = Policy.DEFAULT,
    granularity: Granularity = Granularity.STEP,
    sources: int = 1,
) -> Lineage:
    request = Request(node(start), direction, depth, limit, policy, granularity)
    return lineage_asked(request, store_of(*statements, sources=sources))


def names(answer: Lineage) -> set[str]:
    return {iri.value.removeprefix(NS) for iri in answer.nodes}
