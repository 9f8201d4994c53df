"""Real sources multiplied: the barley example, ingested for real, then copied with other names.

All that a source names itself is renamed in each copy. Identifiers, checksums and other keys
are shared by the copies of a group, so that lineage goes from copy to copy; ORCIDs by all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import DefaultGraph, NamedNode, Quad

from benchmarks.lineage.statements import BASE
from kg_service.catalogue import Catalogue
from kg_service.graph import KnowledgeGraph
from kg_service.intake import Intake
from kg_service.lineage.model import Direction, Request
from kg_service.opening import load_alignment
from kg_service.store.embedded import OxigraphStore
from kg_service.terms import CATALOGUE, PROV_NS

EXAMPLE = Path(__file__).parents[2] / "examples" / "barley-roots"
COPIES_OF_GROUP = 4
STEPS = frozenset(
    PROV_NS + n for n in ("used", "wasGeneratedBy", "wasDerivedFrom", "wasInformedBy")
)
_COPY, _GROUP = "\x01", "\x02"  # stand in the template for what makes a copy's names its own
_ORCID = re.compile(r"orcid")


@dataclass(frozen=True)
class Copy:
    """One copy: its N-Quads, its steps as (later, earlier), and its result, as IRIs."""

    text: str
    edges: list[tuple[str, str]]
    start: str


@dataclass(frozen=True)
class Template:
    """The example's statements with places for the names of a copy."""

    text: str
    edges: list[tuple[str, str]]
    start: str
    quads: int

    def copies(self) -> Iterator[Copy]:
        """Copies without end."""
        number = 0
        while True:
            yield self._copy(f"-{number}", f"-{number // COPIES_OF_GROUP}")
            number += 1

    def _copy(self, own: str, group: str) -> Copy:
        def named(text: str) -> str:
            return text.replace(_COPY, own).replace(_GROUP, group)

        edges = [(named(later), named(earlier)) for later, earlier in self.edges]
        return Copy(named(self.text), edges, named(self.start))


def template() -> Template:
    """Ingest the example, and make a template of what the store then says."""
    store, alignment = OxigraphStore(), load_alignment()
    for report in Intake(store, alignment, BASE).take_path(EXAMPLE):
        assert report is None or report.error is None, report.error
    quads = sorted(store.quads(), key=str)
    renamed = _Renaming(
        [source.id for source in Catalogue(store).sources()],
        {q.subject.value for q in quads if isinstance(q.subject, NamedNode)},
    )
    edges = [
        (renamed.iri(quad.subject.value), renamed.iri(quad.object.value))
        for quad in quads
        if quad.predicate.value in STEPS
        and isinstance(quad.subject, NamedNode)
        and isinstance(quad.object, NamedNode)
        and quad.graph_name != CATALOGUE
    ]
    text = "".join(renamed.line(quad) for quad in quads)
    return Template(text, edges, renamed.iri(_result(KnowledgeGraph(store, alignment))), len(quads))


def _result(graph: KnowledgeGraph) -> str:
    """The file with the longest history, of those that nothing was made from."""

    def history(iri: str) -> int:
        return len(graph.lineage(Request(NamedNode(iri), Direction.UP)).nodes)

    made = graph.reader.quads(None, NamedNode(PROV_NS + "wasGeneratedBy"))
    names = sorted({q.subject.value for q in made if isinstance(q.subject, NamedNode)})
    return max(names, key=history)


@dataclass(frozen=True)
class _Renaming:
    """What becomes of the names of a statement."""

    ids: list[str]
    subjects: set[str]

    def iri(self, iri: str) -> str:
        for source in self.ids:
            for kind in ("source", "version", "graph"):
                own = f"{BASE}/{kind}/{source}"
                if iri == own or iri.startswith(own + "/"):
                    return own + _COPY + iri[len(own) :]
        if _ORCID.search(iri):
            return iri
        shared = iri in self.subjects or iri.startswith("urn:kg:key:")
        return iri + _GROUP if shared and not iri.startswith(BASE) else iri

    def line(self, quad: Quad) -> str:
        assert not isinstance(quad.graph_name, DefaultGraph)
        terms = (quad.subject, quad.predicate, quad.object, quad.graph_name)
        written = []
        for term in terms:
            if isinstance(term, NamedNode):
                written.append(f"<{self.iri(term.value)}>")
            elif quad.graph_name == CATALOGUE and str(term).strip('"') in self.ids:
                written.append(f'"{str(term).strip(chr(34))}{_COPY}"')
            else:
                written.append(str(term))
        return " ".join(written) + " .\n"
