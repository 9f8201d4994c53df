"""What is written comes back as it was: literals of every kind, unusual IRIs, blank nodes."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Triple
from store.conformance.conftest import Place

from kg_service.errors import StoreError
from kg_service.store.port import Change, GraphStore
from kg_service.store.statements import Statements

XSD = "http://www.w3.org/2001/XMLSchema#"
INTEGERS = {"int", "long", "short", "nonNegativeInteger", "unsignedLong"}
P, G = NamedNode("http://example.org/p"), NamedNode("http://example.org/g")


def typed(value: str, datatype: str) -> Literal:
    whole = datatype if ":" in datatype else XSD + datatype
    return Literal(value, datatype=NamedNode(whole))


TEXTS = [
    Literal(""),
    Literal("a\nb\r\tc\"q\\ ' é 𝔘 \u0007\u00a0\u200b"),
    Literal("x" * 300_000),
    Literal("en", language="en"),
    Literal("de", language="de-DE-1996"),
    Literal("Grüße", language="de-at"),
    Literal('"; DROP ALL #'),
]
TYPED = [
    *(typed(v, "boolean") for v in ("true", "false", "1", "0", "maybe", "")),
    *(typed(v, "integer") for v in ("7", "-7", "0", "007", "+5", "-0", "abc", "2147483648")),
    *(typed(str(v), "integer") for v in (2**63 - 1, -(2**63), 2**63, 10**30)),
    *(typed("7", name) for name in ("int", "long", "short", "nonNegativeInteger", "unsignedLong")),
    typed("18446744073709551615", "unsignedLong"),
    *(typed(v, "decimal") for v in ("1.5", "1.50", "1", "1.0", ".5", "-0.5", "x", "", "100.")),
    *(typed(v, "decimal") for v in ("0.123456789012345678901234567890", "1" * 40 + ".5")),
    *(typed(v, "double") for v in ("1.5", "1.0E0", "0.1", "-7.312715117751976", "835413.167676")),
    *(typed(v, "double") for v in ("1e400", "NaN", "INF", "-INF", "5e-324", "-0.0", "foo", "1E16")),
    *(typed(v, "float") for v in ("1.5", "0.1", "16777217", "3.4028235e38")),
    *(
        typed("2024-01-01T00:00:00" + v, "dateTime")
        for v in ("", "Z", "+00:00", "-00:00", "+05:30", "-14:00", "+15:00", ".5Z", ".123", ".000",
                  ".123456Z", ".120000", ".123456789Z", "Z ")
    ),
    *(
        typed(v, "dateTime")
        for v in ("2024-02-31T00:00:00Z", "24-01-01", "-0044-03-15T00:00:00", "2024-01-01",
                  "12024-01-01T00:00:00Z", "2024-06-30T23:59:60Z", "2024-01-01T24:00:00Z",
                  "0001-01-01T00:00:00Z", "1582-10-10T00:00:00", "9999-12-31T23:59:59.999999Z")
    ),
    typed("2024-01-01T00:00:00Z", "dateTimeStamp"),
    *(typed(v, "date") for v in ("2024-01-01", "2024-01-01Z", "2024-01-01+02:00", "2024")),
    *(typed(v, "date") for v in ("2024-02-30", "1582-10-10", "0001-01-01", "-0044-03-15")),
    *(typed(v, "time") for v in ("12:00:00", "12:00:00Z", "12:00:00.5", "25:00:00", "12:00")),
    *(typed(v, "gYear") for v in ("2024", "2024Z", "24", "-0044", "12024", "0000")),
    *(typed(v, "gYearMonth") for v in ("2024-05", "2024-13", "2024-05Z")),
    typed("--05-06", "gMonthDay"), typed("---06", "gDay"), typed("--05", "gMonth"),
    *(typed(v, "duration") for v in ("P1D", "PT1H", "P1Y2M", "x")),
    typed("PT1H", "dayTimeDuration"), typed("P1Y", "yearMonthDuration"),
    *(typed(v, "anyURI") for v in ("http://e.org/ a", "http://e.org/", "")),
    typed("QUJD", "base64Binary"), typed("0aff", "hexBinary"), typed("tok", "token"),
    *(typed(v, "http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral")
      for v in ("<p a='1'>x</p>", "<p>x", "")),
    typed('{"a":1}', "http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON"),
    typed("POINT(1 2)", "http://www.opengis.net/ont/geosparql#wktLiteral"),
    typed("x", "http://www.openlinksw.com/schemas/virtrdf#Geometry"),
    typed("a b", "http://example.org/datatype"),
    typed("a", "urn:kg:as-written:urn:x"),
]  # fmt: skip
IRIS = [
    "http://example.org/é", "http://example.org/%20a", "urn:uuid:1", "http://example.org/a'b",
    "http://example.org/a(b)", "http://example.org/$x", "http://example.org/?q=a&b=c#d",
    "file:///tmp/x", "data:text/plain;base64,AAAA", "http://example.org/" + "p" * 1800,
    "http://example.org/:a:b", "http://example.org/𝔘", "tag:x,2020:y", "arcp://uuid,1/",
    "http://example.org/~a,b;c=d", "http://example.org/a\u200bb", "doi:10.1/x",
    "http://[::1]:80/x", "mailto:a@b.c", "HTTP://example.org/A", "local:x", "bif:concat",
    "http://localhost:8890/x",
]  # fmt: skip


def written(store: GraphStore, objects: list[NamedNode | Literal]) -> list[NamedNode | Literal]:
    """What comes back of objects that are written, in their order."""
    subjects = [NamedNode(f"http://example.org/s{n}") for n in range(len(objects))]
    triples = [Triple(s, P, o) for s, o in zip(subjects, objects, strict=True)]
    store.commit(Change(graphs={G: Statements.of(triples)}))
    found = {q.subject: q.object for q in store.quads(None, P, None, G)}
    return [found[s] for s in subjects]  # type: ignore[misc]


def test_texts_come_back(store: GraphStore) -> None:
    assert written(store, [*TEXTS]) == TEXTS


def test_typed_literals_come_back_with_their_value(store: GraphStore) -> None:
    changed = [
        (was, came)
        for was, came in zip(TYPED, written(store, [*TYPED]), strict=True)
        if came != was and not (isinstance(came, Literal) and is_same_value(was, came))
    ]
    assert not changed


def is_same_value(one: Literal, other: Literal) -> bool:
    """Whether literals that differ in spelling, or in a subtype of one type, have one value."""
    kind, kept = (x.datatype.value.removeprefix(XSD) for x in (one, other))
    was, came = one.value, other.value
    if kind == kept == "boolean":
        return {"1": "true", "0": "false"}.get(was, was) == came
    if kept in ("integer", "decimal") and (kind == kept or kind in INTEGERS):
        return Decimal(was) == Decimal(came)
    if kind == kept == "double":
        return float(was) == float(came)
    if kind == kept == "float":
        return struct.pack("f", float(was)) == struct.pack("f", float(came))
    if kept in ("dateTime", "time") and kind in (kept, "dateTimeStamp"):
        return at(was) == at(came)
    return False


def at(text: str) -> object:
    """A time that can be compared; whether it names a zone counts."""
    text = text.replace("2024-01-01T24:", "2024-01-02T00:")
    time = datetime.fromisoformat(text if "T" in text else f"2000-01-01T{text}")
    return time.tzinfo is None, time.astimezone(UTC) if time.tzinfo else time


@pytest.mark.parametrize("literal", [*TEXTS[1:2], *TEXTS[3:], TYPED[6], TYPED[-1]], ids=str)
def test_a_literal_is_found_by_pattern_and_by_binding(store: GraphStore, literal: Literal) -> None:
    subject = NamedNode("http://example.org/s0")
    written(store, [literal])
    assert [q.subject for q in store.quads(None, None, literal, G)] == [subject]
    rows = store.query("SELECT ?s ?o { GRAPH ?g { ?s ?p ?o } }", {"o": literal})
    assert isinstance(rows, QuerySolutions)
    assert [row["s"] for row in rows] == [subject]


def test_unusual_iris_come_back(store: GraphStore) -> None:
    nodes = [NamedNode(iri) for iri in IRIS]
    triples = [Triple(node, P, node) for node in nodes]
    store.commit(Change(graphs={G: Statements.of(triples)}))
    assert {q.triple for q in store.quads(None, None, None, G)} == set(triples)
    for node in nodes:
        assert [q.object for q in store.quads(node, P, None, G)] == [node]


@pytest.mark.parametrize("iri", ["http://example.org/" + "p" * 3000, "nodeID://b1"])
def test_an_iri_that_can_not_be_kept_is_refused(place: Place, store: GraphStore, iri: str) -> None:
    change = Change(graphs={G: Statements.of([Triple(NamedNode(iri), P, P)])})
    if place.kind == "virtuoso":
        with pytest.raises(StoreError, match="another store; nothing has changed"):
            store.commit(change)
        assert not list(store.quads(None, P, None, G))
    else:
        store.commit(change)
        assert list(store.quads(NamedNode(iri), P, P, G))


def test_a_blank_node_of_many_statements_is_one(store: GraphStore) -> None:
    node, elsewhere = BlankNode("b1"), NamedNode("http://example.org/other")
    others = [Triple(P, P, Literal("x" * 1000 + str(n))) for n in range(1500)]
    said = [Triple(P, P, node), *others, Triple(node, P, Literal("end"))]
    # another graph's blank node is another one, whatever its label
    other = [Triple(node, elsewhere, Literal("other"))]
    store.commit(Change(graphs={G: Statements.of(said)}))
    store.commit(Change(graphs={elsewhere: Statements.of(other)}))
    rows = store.query(f"SELECT ?x {{ {P} {P} ?x . ?x {P} 'end' }}")
    assert isinstance(rows, QuerySolutions)
    (row,) = rows
    assert isinstance(row["x"], BlankNode)
    assert not store.query(f"ASK {{ ?x {P} 'end' ; {elsewhere} ?y }}")
