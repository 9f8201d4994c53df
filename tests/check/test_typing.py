"""PROV's own typing: over all golden cases, and what the checker leaves out changes nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyshacl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize
from rdflib import RDF, Graph, Namespace
from support import REPOSITORY, take_all

from kg_service.align.engine import Alignment
from kg_service.catalogue import Catalogue
from kg_service.check.model import Verdict
from kg_service.check.shapes import Shapes
from kg_service.store.embedded import OxigraphStore
from kg_service.store.port import Change
from kg_service.store.statements import Statements
from kg_service.terms import RDF_TYPE, kg, prov

SHAPES = REPOSITORY / "ontologies" / "prov-shapes.ttl"
GRAPH = NamedNode("http://x.example/aligned")
SH = Namespace("http://www.w3.org/ns/shacl#")
XSD = "http://www.w3.org/2001/XMLSchema#"
CASE_FOLDERS = sorted((REPOSITORY / "tests").glob("*/cases"))


@pytest.mark.parametrize("folder", CASE_FOLDERS, ids=lambda f: f.parent.name)
def test_what_is_made_of_the_cases_of_every_format_is_typed(
    alignment: Alignment, folder: Path
) -> None:
    store = OxigraphStore()
    take_all(store, alignment, *sorted(folder.glob("*/input")))
    sources = Catalogue(store).sources()
    shapes = Shapes(SHAPES)
    told = [
        f"{record.origin}: {found.title}: {found.evidence}"
        for record in sources
        for found in shapes.check(store, record.aligned_graphs)
        if found.check == "prov-violation"
    ]
    assert told == []


NODES = [NamedNode(f"http://x.example/{n}") for n in "abcd"]
KINDS = [prov(n) for n in ("Activity", "Entity", "Agent", "Association", "Plan")]
RELATIONS = [
    *(prov(n) for n in ("used", "wasGeneratedBy", "wasDerivedFrom", "wasInformedBy", "hadMember")),
    *(prov(n) for n in ("wasAssociatedWith", "wasAttributedTo", "agent", "hadPlan")),
    *(prov(n) for n in ("wasStartedBy", "wasInvalidatedBy", "alternateOf", "actedOnBehalfOf")),
    *(kg(n) for n in ("partOfRun", "controls", "hadPlan", "usedInstrument")),
]
TIMES = [
    Literal("2025-01-01T00:00:00Z", datatype=NamedNode(XSD + "dateTime")),
    Literal("some time in May", datatype=NamedNode(XSD + "dateTime")),
    Literal("2025-01-01", datatype=NamedNode(XSD + "date")),
    Literal("02/04/2007"),
]
NODE = st.sampled_from(NODES)
TRIPLES = st.one_of(
    st.builds(Triple, NODE, st.just(RDF_TYPE), st.sampled_from(KINDS)),
    st.builds(Triple, NODE, st.sampled_from(RELATIONS), NODE),
    st.builds(
        Triple,
        NODE,
        st.sampled_from([prov("startedAtTime"), prov("endedAtTime"), prov("generatedAtTime")]),
        st.sampled_from(TIMES),
    ),
    st.builds(Triple, NODE, st.just(prov("hadMember")), st.just(Literal("a name"))),
)
SHAPES_GRAPH = Graph().parse(SHAPES, format="turtle")


def by_the_validator(triples: list[Triple]) -> Counter[tuple[str, str]]:
    """What pyshacl says of all of a graph."""
    data = Graph().parse(data=serialize(triples, format=RdfFormat.N_TRIPLES))
    report = pyshacl.validate(data, shacl_graph=SHAPES_GRAPH, inference="none")[1]
    assert isinstance(report, Graph)
    return Counter(
        (
            str(report.value(result, SH.resultSeverity)).removeprefix(str(SH)).lower(),
            str(report.value(result, SH.resultMessage)),
        )
        for result in report.subjects(RDF.type, SH.ValidationResult)
    )


KEPT = Shapes(SHAPES)


@settings(max_examples=60, deadline=None)
@given(st.lists(TRIPLES, max_size=12))
def test_judging_one_node_of_each_sort_finds_what_judging_all_finds(triples: list[Triple]) -> None:
    store = OxigraphStore()
    store.commit(Change(graphs={GRAPH: Statements.of(triples)}))
    wanted = by_the_validator(triples)
    # with what was learnt of earlier graphs, and without
    for shapes in (KEPT, Shapes(SHAPES)):
        found = shapes.check(store, (GRAPH.value,))
        counted = Counter(
            {
                (c.check.removeprefix("prov-"), c.title): c.count
                for c in found
                if c.verdict is Verdict.FAIL
            }
        )
        assert counted == wanted
