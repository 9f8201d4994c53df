"""Sources of a few statements, joined in a store in memory, for tests of identity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pyoxigraph import Literal, NamedNode, Triple

from kg_service.identity.evidence import Policy
from kg_service.identity.links import identity_triples
from kg_service.lineage.edges import StoreEdges, same_things
from kg_service.store.embedded import OxigraphStore
from kg_service.store.port import Change
from kg_service.store.statements import Statements
from kg_service.terms import OWL_SAME_AS, RDF_TYPE, RDFS_LABEL, dcterms, kg, prov

_PROPERTIES = {
    "id": dcterms("identifier"),
    "same": OWL_SAME_AS,
    "label": RDFS_LABEL,
    "member": prov("hadMember"),
    "made_by": prov("wasGeneratedBy"),
}
_IRIS = {"member", "made_by", "partOf", "facility_iri"}
_SUPERCLASSES = {
    "Specimen": ("Material",),
    "Sample": ("Material",),
    "File": ("Data",),
    "Dataset": ("Data",),
    "RawDataset": ("Dataset", "Data"),
    "WorkflowRun": ("Run", "Activity"),
}
Source = Mapping[str, Mapping[str, str | tuple[str, ...]]]


def iri(source: str, name: str) -> NamedNode:
    """The IRI of a thing by its name in a source; an absolute IRI is itself."""
    return NamedNode(name if "://" in name else f"http://kg.test/source/{source}/{name}")


def aligned(source: str, things: Source) -> list[Triple]:
    """The aligned statements of a source, such as ``{"f": {"a": "File", "md5": "..."}}``."""
    made = []
    for name, told in things.items():
        node = iri(source, name)
        for word, values in told.items():
            for value in (values,) if isinstance(values, str) else values:
                if word == "a":
                    made += [Triple(node, RDF_TYPE, _class(k)) for k in _with_superclasses(value)]
                elif word in _IRIS:
                    made.append(
                        Triple(node, _property(word.removesuffix("_iri")), iri(source, value))
                    )
                elif word == "same":
                    made.append(Triple(node, OWL_SAME_AS, iri(source, value)))
                else:
                    made.append(Triple(node, _property(word), Literal(value)))
    return made


def _property(word: str) -> NamedNode:
    return _PROPERTIES.get(word) or kg(word)


def _class(name: str) -> NamedNode:
    return prov(name) if name in ("Activity", "Entity", "Person", "Agent") else kg(name)


def _with_superclasses(name: str) -> tuple[str, ...]:
    return (name, *_SUPERCLASSES.get(name, ()))


def add(store: OxigraphStore, source: str, things: Source) -> None:
    """Put a source's aligned and identity graphs into a store."""
    triples = aligned(source, things)
    graph = f"http://kg.test/graph/{source}/1"
    store.commit(
        Change(
            graphs={
                NamedNode(f"{graph}/aligned"): Statements.of(triples),
                NamedNode(f"{graph}/identity"): Statements.of(identity_triples(triples)),
            }
        )
    )


def remove(store: OxigraphStore, source: str) -> None:
    """Take a source's graphs out again."""
    graph = f"http://kg.test/graph/{source}/1"
    store.commit(Change(drop=[NamedNode(f"{graph}/{kind}") for kind in ("aligned", "identity")]))


def joined(sources: Mapping[str, Source], order: Iterable[str] = ()) -> OxigraphStore:
    """A store of these sources, put in in the order told, else as they stand."""
    store = OxigraphStore()
    for source in order or sources:
        add(store, source, sources[source])
    return store


def same(store: OxigraphStore, thing: NamedNode, policy: Policy = Policy.DEFAULT) -> set[str]:
    """What is the same as a thing under a policy, by way of others too: ``source/name``."""
    found = same_things(StoreEdges(store, policy), thing)
    return {node.value.removeprefix("http://kg.test/source/") for node in found}
