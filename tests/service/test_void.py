"""VoID: true to plain counts whatever happens to the sources."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse
from service.changing import LICENCE, ChangingStore, alignment, field_entities, field_root
from support import BASE, EXAMPLE, crate

from kg_service.intake import Intake
from kg_service.opening import load_alignment, open_existing
from kg_service.rdf import solutions_of
from kg_service.realign import realign
from kg_service.service.void_terms import void
from kg_service.store.disk import DiskStore
from kg_service.terms import RDF_TYPE, dcterms

GRAPH = NamedNode(f"{BASE}/.well-known/void#graph")
_SOURCES = (
    "GRAPH <https://w3id.org/kg-service/graph/catalogue> { ?g kg:sourceOfGraph ?source } "
    "GRAPH ?g { %s }"
)
PLAIN = {
    "triples": "SELECT (COUNT(*) AS ?n)",
    "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n)",
    "distinctObjects": "SELECT (COUNT(DISTINCT ?o) AS ?n)",
    "properties": "SELECT (COUNT(DISTINCT ?p) AS ?n)",
}


def description(store: ChangingStore, path: str = "/.well-known/void") -> set[Triple]:
    answer = store.client().get(path, headers={"accept": "text/turtle"})
    assert answer.status_code == 200
    return {q.triple for q in parse(answer.content, RdfFormat.TURTLE)}


def number(triples: set[Triple], dataset: NamedNode, name: str) -> int:
    (found,) = [t.object for t in triples if t.subject == dataset and t.predicate == void(name)]
    assert isinstance(found, Literal)
    return int(found.value)


def partitions(triples: set[Triple], dataset: NamedNode, kind: str, size: str) -> dict[str, int]:
    found = {}
    for told in triples:
        if told.subject == dataset and told.predicate == void(f"{kind}Partition"):
            (term,) = [
                t.object for t in triples if t.subject == told.object and t.predicate == void(kind)
            ]
            found[term.value] = number(triples, told.object, size)  # type: ignore[union-attr, arg-type]
    return found


def plain(store: ChangingStore, query: str, source: str | None = None) -> dict[str, int]:
    reader = store.context().now().reader
    bindings = {"source": NamedNode(source)} if source else {}
    rows = solutions_of(reader.query(query, bindings))
    return {
        row[0].value if len(row) > 1 else "": int(row[len(row) - 1].value)  # type: ignore[union-attr, arg-type]
        for row in rows
    }


def holds(store: ChangingStore) -> None:
    """The description says what counting says."""
    told = description(store)
    where = "WHERE { " + _SOURCES % "?s ?p ?o" + " }"
    for name, select in PLAIN.items():
        assert number(told, GRAPH, name) == plain(store, f"{select} {where}")[""], name
    typed = _SOURCES % "?s a ?class"
    entities = plain(store, f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {typed} }}")[""]
    assert number(told, GRAPH, "entities") == entities
    classes = plain(
        store, f"SELECT ?class (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {typed} }} GROUP BY ?class"
    )
    assert partitions(told, GRAPH, "class", "entities") == classes
    properties = plain(store, f"SELECT ?p (COUNT(*) AS ?n) {where} GROUP BY ?p")
    assert partitions(told, GRAPH, "property", "triples") == properties
    for record in store.context().sources():
        source = NamedNode(record.iri)
        own = plain(store, f"SELECT ?source (COUNT(*) AS ?n) {where} GROUP BY ?source", record.iri)
        assert number(told, source, "triples") == own[record.iri]
        alone = description(store, f"/sources/{record.id}")
        assert number(alone, source, "triples") == own[record.iri]
        by_class = plain(
            store,
            f"SELECT ?source ?class (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {typed} }} "
            "GROUP BY ?source ?class",
            record.iri,
        )
        assert len(partitions(alone, source, "class", "entities")) >= len(by_class) > 0


def test_true_after_all_that_happens(tmp_path: Path) -> None:
    store = ChangingStore(tmp_path)
    store.ingest("field", *field_entities(), **field_root())
    holds(store)
    store.ingest("other", *field_entities()[:3])
    holds(store)
    store.ingest_path(EXAMPLE)
    holds(store)
    store.ingest("field", *field_entities()[:2], name="less")
    holds(store)
    store.withdraw("other")
    holds(store)
    store.ingest("other", *field_entities(), name="back")
    holds(store)


def test_true_after_it_is_aligned_anew(tmp_path: Path) -> None:
    store = ChangingStore(tmp_path)
    store.ingest("field", *field_entities(), **field_root())
    before = number(description(store), GRAPH, "triples")
    own = tmp_path / "own"
    own.mkdir()
    (own / "lab.ttl").write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        "@prefix schema: <http://schema.org/> .\n"
        "@prefix prov: <http://www.w3.org/ns/prov#> .\n"
        "schema:hasPart skos:closeMatch prov:wasDerivedFrom .\n"
    )
    writer = open_existing(store.settings)
    try:
        assert all(told.changed for told in realign(writer, load_alignment([str(own)])))
        writer.publish()
    finally:
        writer.close()
    holds(store)
    assert number(description(store), GRAPH, "triples") > before


def test_what_was_written_without_its_file_is_counted(tmp_path: Path) -> None:
    """As after a crash between the store and what is kept beside it."""
    store = ChangingStore(tmp_path)
    store.ingest("field", *field_entities())
    plain = DiskStore(tmp_path / "store", BASE)
    (other,) = Intake(plain, alignment(), BASE).take_path(
        crate(tmp_path / "other", *field_entities()[:2]), "other"
    )
    assert other is not None
    assert other.error is None
    plain.publish()
    plain.close()
    holds(store)
    store.ingest("third", *field_entities()[:1])
    holds(store)


def test_without_its_file_the_store_is_counted(tmp_path: Path) -> None:
    store = ChangingStore(tmp_path)
    store.ingest("field", *field_entities(), **field_root())
    file = tmp_path / "store" / "statistics.db"
    before = description(store)
    file.unlink()
    assert description(store) == before
    file.write_bytes(b"no database at all, but of some length" * 100)
    assert description(store) == before
    store.ingest("other", *field_entities()[:1])
    assert file.read_bytes().startswith(b"SQLite")
    holds(store)


def test_what_a_source_is(tmp_path: Path) -> None:
    store = ChangingStore(tmp_path)
    store.ingest("field", *field_entities(), **field_root())
    store.ingest("field", *field_entities(), name="again", **field_root())
    told = description(store)
    source = NamedNode(f"{BASE}/source/field")
    about = {t.predicate: t.object for t in told if t.subject == source}
    assert about[dcterms("license")] == NamedNode(LICENCE)
    assert about[dcterms("title")] == Literal("again")
    issued, modified = about[dcterms("issued")], about[dcterms("modified")]
    assert isinstance(issued, Literal)
    assert isinstance(modified, Literal)
    assert issued.value < modified.value
    assert Triple(GRAPH, void("subset"), source) in told
    assert Triple(GRAPH, void("sparqlEndpoint"), NamedNode(f"{BASE}/sparql")) in told
    examples = [t.object for t in told if t.predicate == void("exampleResource")]
    client = store.client()
    for example in examples:
        assert client.get(example.value.removeprefix(BASE)).status_code == 200  # type: ignore[union-attr]


def test_link_sets_between_sources(tmp_path: Path) -> None:
    store = ChangingStore(tmp_path)
    store.ingest("field", *field_entities())
    store.ingest("other", *field_entities()[1:3], name="other")
    told = description(store)
    (linkset,) = [t.subject for t in told if t.object == void("Linkset")]
    assert Triple(linkset, RDF_TYPE, void("Linkset")) in told
    assert number(told, linkset, "triples") >= 1  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("accept", "type_"),
    [(None, "text/turtle; charset=utf-8"), ("application/ld+json", "application/ld+json"),
     ("application/json", "application/json"), ("application/rdf+xml", "application/rdf+xml"),
     ("text/html", "text/html; charset=utf-8")],
)  # fmt: skip
def test_its_forms(tmp_path: Path, accept: str | None, type_: str) -> None:
    store = ChangingStore(tmp_path)
    store.ingest("field", *field_entities())
    answer = store.client().get("/.well-known/void", headers={"accept": accept or "*/*"})
    assert answer.headers["content-type"] == type_
    assert b"entities" in answer.content or b"things of some class" in answer.content


def test_an_empty_store_is_described(tmp_path: Path) -> None:
    store = ChangingStore(tmp_path)
    store.ingest("field", *field_entities())
    store.withdraw("field")
    assert number(description(store), GRAPH, "triples") == 0
