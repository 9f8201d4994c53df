"""Small graphs for lineage tests, written as tuples such as ``("out", "by", "run")``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pyoxigraph import Literal, NamedNode, Quad, Triple

from kg_service.identity.evidence import Policy
from kg_service.lineage.asked import lineage_asked
from kg_service.lineage.model import Direction, Filter, Granularity, Lineage, Request
from kg_service.store.embedded import OxigraphStore
from kg_service.store.port import Change
from kg_service.store.statements import Statements
from kg_service.terms import CATALOGUE, RDF_TYPE, XSD_DATETIME, dcterms, kg, prov

NS = "http://x.example/"
Statement = tuple[str, str, str]
_PREDICATES = {
    "used": prov("used"),
    "by": prov("wasGeneratedBy"),
    "from": prov("wasDerivedFrom"),
    "informed": prov("wasInformedBy"),
    "member": prov("hadMember"),
    "part": kg("partOfRun"),
    "plan": kg("hadPlan"),
    "instrument": kg("usedInstrument"),
    "tool": kg("hasTool"),
}
_TIMES = {"starts": prov("startedAtTime"), "ends": prov("endedAtTime")}
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
        if word in _TIMES:
            time = Literal(object_, datatype=XSD_DATETIME)
            graphs[aligned].append(Triple(node(subject), _TIMES[word], time))
            continue
        if word == "is":
            graphs[aligned].append(Triple(node(subject), RDF_TYPE, kg(object_)))
            continue
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
    filter: Filter | None = None,
) -> Lineage:
    looked_at = filter or Filter()
    request = Request(node(start), direction, depth, limit, policy, granularity, looked_at)
    store = store_of(*statements, sources=sources)
    if looked_at.sources:
        tell_sources(store)
    return lineage_asked(request, store)


def tell_sources(store: OxigraphStore) -> None:
    """Let the catalogue name the sources of a store: ``s0`` and so on, and one for each thing
    that has keys, by its name."""
    told: list[Quad] = []
    for graph in {q.graph_name for q in store.quads() if q.graph_name != CATALOGUE}:
        assert isinstance(graph, NamedNode)
        _, name, _, sort = graph.value.removeprefix("http://kg.test/").split("/")
        source = NamedNode(f"http://kg.test/source/{name}")
        version = NamedNode(f"http://kg.test/version/{name}/1")
        told += [
            Quad(source, dcterms("identifier"), Literal(name), CATALOGUE),
            Quad(source, kg("currentVersion"), version, CATALOGUE),
            Quad(version, kg(f"{sort}Graph"), graph, CATALOGUE),
            Quad(graph, kg("sourceOfGraph"), source, CATALOGUE),
        ]
    store.commit(Change(insert=told))


def names(answer: Lineage) -> set[str]:
    return {iri.value.removeprefix(NS) for iri in answer.nodes}
