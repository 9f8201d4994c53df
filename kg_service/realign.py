"""Aligning sources anew after the mapping sets changed, without reading the sources again."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256

from pyoxigraph import NamedNode, Quad

from ingest.findings import Findings
from kg_service.align.engine import Alignment
from kg_service.catalogue import (
    Catalogue,
    GraphNames,
    SourceIris,
    SourceRecord,
    activity_quads,
    alignment_quads,
    realigned_quads,
)
from kg_service.derive import derive
from kg_service.errors import NotKnown
from kg_service.intake import SOFTWARE
from kg_service.report import Derived
from kg_service.store.port import Change, GraphStore, Sizes
from kg_service.store.statements import Statements
from kg_service.terms import CATALOGUE, kg


@dataclass(frozen=True)
class Realigned:
    """One source: what it is aligned to now, and how many statements it had before."""

    source_id: str
    changed: bool
    before: int
    derived: Derived


def realign(
    store: GraphStore, alignment: Alignment, only: Collection[str] = ()
) -> Iterator[Realigned]:
    """Derive the aligned and identity graphs of sources anew, each in one visible step.

    All sources, or those with the ids named. A source that these very sets aligned is left as
    it is. Raises NotKnown, StoreError.
    """
    records = Catalogue(store).sources()
    unknown = set(only) - {record.id for record in records}
    if unknown:
        raise NotKnown(f"no source has the id {', '.join(sorted(unknown))}; kg sources lists them")
    for record in records:
        if only and record.id not in only:
            continue
        if record.mapping_sets == alignment.version:
            now = Derived(aligned=record.aligned)
            yield Realigned(record.id, False, record.aligned, now)
        else:
            yield Realigned(record.id, True, record.aligned, _realign(store, alignment, record))


def _realign(store: GraphStore, alignment: Alignment, record: SourceRecord) -> Derived:
    iris = SourceIris(record.iri.removesuffix(f"/source/{record.id}"), record.id, record.version)
    activity = NamedNode(f"{iris.version_node.value}/realignment/{_part(alignment)}")
    made: list[Derived] = []
    with _asserted(store, iris, alignment) as asserted:
        derivation = derive(alignment, asserted, Findings())
        names = list(asserted)

        def records(sizes: Sizes) -> list[Quad]:
            made.append(derivation.counted(sizes))
            return [
                Quad(iris.version_node, kg("realignedBy"), activity, CATALOGUE),
                *activity_quads(activity, "Realignment", SOFTWARE, alignment.version),
                *alignment_quads(iris, names, made[0], alignment.version),
            ]

        try:
            store.commit(
                Change(
                    graphs=derivation.graphs,
                    grades=derivation.grades,
                    drop=[*map(NamedNode, (*record.aligned_graphs, record.identity_graph))],
                    delete=realigned_quads(store, iris, record),
                    supersedes=iris.source,
                    records=records,
                )
            )
        finally:
            derivation.close()
    return made[0]


@contextmanager
def _asserted(
    store: GraphStore, iris: SourceIris, alignment: Alignment
) -> Iterator[dict[GraphNames, Statements]]:
    """The statements of a source's asserted graphs, by the names of the graphs to be made."""
    read: dict[GraphNames, Statements] = {}
    try:
        for names in Catalogue(store).graphs_of(iris):
            quads = store.quads(None, None, None, names.asserted)
            read[iris.graphs(names.bundle, _part(alignment))] = Statements.of(
                quad.triple for quad in quads
            )
        yield read
    finally:
        for statements in read.values():
            statements.close()


def _part(alignment: Alignment) -> str:
    """What tells the graphs that sets made from those of any others, by their versions too."""
    return sha256(alignment.version.encode()).hexdigest()[:8]
