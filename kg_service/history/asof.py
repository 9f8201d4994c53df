"""The graph as it was known at a time: what is there since before, and what is archived."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from pyoxigraph import NamedNode, Quad, Store

from kg_service.catalogue import Catalogue, ask_catalogue, sources_query
from kg_service.errors import Refused
from kg_service.history.archive import Archive, Archived
from kg_service.history.timelines import Period, timelines
from kg_service.identity.decisions import decisions_as_of
from kg_service.rdf import is_aligned
from kg_service.store.embedded import OxigraphReader
from kg_service.store.grades import Grade
from kg_service.store.port import NO_BINDINGS, GraphReader, QueryResult, Term
from kg_service.store.statements import END
from kg_service.terms import CATALOGUE, DECISIONS, kg, prov

_VISIBILITY = {kg("visibility"), kg("visibleTo"), kg("visibleFrom")}
Statement = tuple[NamedNode, NamedNode, NamedNode]


@dataclass
class Past:
    """What differed at a time from what is there now.

    ``hidden`` are graphs that were not there yet, ``changed`` the nodes of which the catalogue
    tells something else; ``held`` has what was there instead. ``missing`` says in sentences
    what was there and is not kept. ``said_by`` names the version behind each archived graph.
    """

    moment: datetime
    hidden: set[NamedNode] = field(default_factory=set)
    changed: set[NamedNode] = field(default_factory=set)
    held: Store = field(default_factory=Store)
    missing: list[str] = field(default_factory=list)
    said_by: dict[NamedNode, str] = field(default_factory=dict)
    grades: dict[bytes, Grade] = field(default_factory=dict)

    def grade(self, graph: NamedNode, statement: Statement) -> Grade | None:
        """The grade of a lineage statement of an archived graph, where it is known."""
        line = " ".join(map(str, (graph, *statement)))
        return self.grades.get(line.encode() + END)


def past_at(present: GraphReader, archive: Archive | None, moment: datetime) -> Past:
    """What differed at a time. Raises StoreError."""
    past = Past(moment)
    for source, periods in timelines(present).items():
        if periods[-1].since > moment:
            then = next((p for p in reversed(periods) if p.since <= moment), None)
            _hide(past, present, source, periods, then)
            if then is not None:
                _show(past, present, then, archive)
    decisions = decisions_as_of(present, moment)
    if decisions is not None:
        past.hidden.add(DECISIONS)
        past.held.extend(decisions)
    return past


def _hide(
    past: Past,
    present: GraphReader,
    source: NamedNode,
    periods: list[Period],
    then: Period | None,
) -> None:
    record = Catalogue(present).source(source)
    assert record is not None
    # what a version asserts stays the same, however it is aligned
    same = then is not None and then.version == periods[-1].version
    asserted = {NamedNode(name) for name in record.asserted_graphs}
    past.hidden |= set(record.graphs) - (asserted if same else set())
    versions = {period.version for period in periods}
    ingests = {NamedNode(f"{version.value}/ingest") for version in versions}
    past.changed |= {source} | versions | ingests | set(record.graphs)
    if same:
        past.changed -= asserted


def _show(past: Past, present: GraphReader, then: Period, archive: Archive | None) -> None:
    archived = archive.of(then.source).get(then.since) if archive else None
    if archive is None or archived is None or archived.pruned:
        past.missing.append(_why_missing(then, archive, archived))
        return
    current = next(present.quads(then.source, kg("currentVersion"), None, CATALOGUE)).object
    loaded = set(past.held.named_graphs())
    archive.load(archived, past.held)
    shown = [graph for graph in past.held.named_graphs() if graph not in loaded]
    # who may see what a source said is decided now
    for property_ in _VISIBILITY:
        for quad in past.held.quads_for_pattern(then.version, property_, None, CATALOGUE):
            past.held.remove(quad)
        for quad in present.quads(cast(NamedNode, current), property_, None, CATALOGUE):
            past.held.add(Quad(then.version, property_, quad.object, CATALOGUE))
    # an earlier version that is not seen is not named either
    revised = prov("wasRevisionOf")
    named = {quad.object for quad in present.quads(then.version, revised, None, CATALOGUE)}
    for quad in past.held.quads_for_pattern(then.version, revised, None, CATALOGUE):
        if quad.object not in named:
            past.held.remove(quad)
    for line, grade in archive.grades(archived):
        past.grades.setdefault(line, grade)
    said = f"version {then.sha256[:16]} of {then.source_id}, until {then.until:%Y-%m-%dT%H:%MZ}"
    aligned = (cast(NamedNode, graph) for graph in shown if is_aligned(graph))
    past.said_by.update(dict.fromkeys(aligned, said))


def _why_missing(then: Period, archive: Archive | None, archived: Archived | None) -> str:
    if archive is None:
        why = "no history is kept beside this store"
    elif archived is None:
        why = "it was replaced before history was kept"
    else:
        why = f"it was pruned on {archived.pruned:%Y-%m-%d}"
    return (
        f"not known: what {then.source_id} said in version {then.sha256[:16]}, from "
        f"{then.since:%Y-%m-%dT%H:%M:%SZ} until {then.until:%Y-%m-%dT%H:%M:%SZ}: {why}"
    )


class AsOfReader:
    """Reads a store as it was at a time: see ``GraphReader``.

    It has the aligned graphs, the links and the catalogue of then. What a version asserted that
    was replaced since is not among them. Of queries it answers that for sources only.
    """

    def __init__(self, present: GraphReader, past: Past) -> None:
        self._present = present
        self.past = past
        self._held = OxigraphReader(past.held, "the archive")

    def frozen(self) -> AsOfReader:
        return self

    def query(self, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> QueryResult:
        if sparql != sources_query():
            raise Refused(
                "as of a time there is lineage only: SPARQL and questions see what is there now"
            )
        source = bindings.get("source")
        if source is None:
            whole = Store()
            whole.extend(self.quads(None, None, None, CATALOGUE))
            return OxigraphReader(whole).query(sparql)
        reader = self._held if source in self.past.changed else self._present
        return ask_catalogue(reader, sparql, bindings)

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        hidden, changed = self.past.hidden, self.past.changed
        if graph is None or graph not in hidden:
            for quad in self._present.quads(subject, predicate, object_, graph):
                of = quad.graph_name
                if of not in hidden and not (of == CATALOGUE and quad.subject in changed):
                    yield quad
        yield from self._held.quads(subject, predicate, object_, graph)
