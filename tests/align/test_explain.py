"""Every aligned statement can be explained: by what its source asserts, and what lies between."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from pyoxigraph import NamedNode
from support import BASE, CORPUS, EXAMPLE, crate, ingest_into_memory, ref

from kg_service.align.engine import Alignment
from kg_service.align.explain import Explainer
from kg_service.catalogue import Catalogue
from kg_service.errors import NotKnown
from kg_service.graph import KnowledgeGraph
from kg_service.store.grades import Grade

SAMPLES = (
    "rocrate/wrroc/ResearchObject__workflow-run-crate/docs/examples/autosubmit",
    "isa/bio-parser-isatab/t/Test-data-01",
    "facility/scicatlive-seed",
    "rocrate/bge-profile",
)


def unexplained(graph: KnowledgeGraph) -> Counter[str]:
    """The statements, by property, that nothing explains, or nothing asserted."""
    explainer = Explainer(graph.reader, graph.alignment)
    catalogue = Catalogue(graph.reader)
    found: Counter[str] = Counter()
    for source in catalogue.sources():
        for aligned in map(NamedNode, source.aligned_graphs):
            asserted = catalogue.asserted_behind(aligned)
            assert asserted is not None
            for quad in graph.reader.quads(None, None, None, aligned):
                ground = next(explainer.grounds(quad.triple, aligned, asserted), None)
                if ground is None or not ground.basis:
                    found[quad.predicate.value] += 1
    return found


def test_every_statement_of_the_example_is_explained(alignment: Alignment) -> None:
    assert not unexplained(ingest_into_memory(alignment, EXAMPLE))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_statement_of_real_sources_is_explained(alignment: Alignment, name: str) -> None:
    if not CORPUS.is_dir():
        pytest.skip("needs the corpus of real files in ../shared/corpus, which is not here")
    assert not unexplained(ingest_into_memory(alignment, CORPUS / name))


@pytest.fixture
def run(alignment: Alignment, tmp_path: Path) -> KnowledgeGraph:
    return ingest_into_memory(
        alignment,
        crate(
            tmp_path / "c",
            {
                "@id": "#run",
                "@type": "CreateAction",
                "name": "the run",
                "object": ref("in.txt"),
                "result": ref("out.txt"),
                "instrument": ref("tool.py"),
                "endTime": "2026-01-02T03:04:05+00:00",
            },
            {"@id": "in.txt", "@type": "File", "name": "in"},
            {"@id": "out.txt", "@type": "File", "name": "out"},
            {"@id": "tool.py", "@type": ["File", "SoftwareApplication"], "name": "tool"},
            identifier="c",
        ),
    )


def test_a_row_is_named_with_the_statement_it_mapped(run: KnowledgeGraph) -> None:
    (reason,) = run.why("the run", "used", "in")
    (ground,) = reason.grounds
    assert (ground.grade, ground.by) == (Grade.MAPPED, "run-crate:025")
    (basis,) = ground.basis
    assert basis.predicate.value == "http://schema.org/object"
    assert reason.source.id == "c"
    assert reason.graph.endswith("/aligned")


def test_an_inverse_row_is_named_with_the_statement_as_it_was_made(run: KnowledgeGraph) -> None:
    (reason,) = run.why("out", "prov:wasGeneratedBy", f"{BASE}/source/c/#run")
    assert reason.grounds[0].by == "run-crate:026"
    (basis,) = reason.grounds[0].basis
    assert basis.subject == NamedNode(f"{BASE}/source/c/#run")


def test_a_time_is_found_in_the_form_it_was_written(run: KnowledgeGraph) -> None:
    node = NamedNode(f"{BASE}/source/c/#run")
    ended = next(run.reader.quads(node, NamedNode("http://www.w3.org/ns/prov#endedAtTime")))
    (reason,) = run.why("the run", "endedAtTime", ended.object.value)  # type: ignore[union-attr]
    assert "2026-01-02T03:04:05+00:00" in str(reason.grounds[0].basis[0].object)


def test_what_no_source_says_tells_what_is_said(run: KnowledgeGraph) -> None:
    with pytest.raises(NotKnown, match=r"with that property it has: .*in\.txt"):
        run.why("the run", "used", "out")
    with pytest.raises(NotKnown, match=r"of it is said: .*prov:used"):
        run.why("the run", "wasDerivedFrom", "out")
