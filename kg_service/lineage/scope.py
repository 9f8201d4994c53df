"""What of the graph a request looks at: sources, times and kinds, checked and made ready."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from pyoxigraph import Literal, NamedNode

from kg_service.catalogue import Catalogue, SourceRecord
from kg_service.describe import KINDS, PROV_KINDS
from kg_service.errors import NotKnown, UsageError, Withdrawn
from kg_service.identity.matches import Matches
from kg_service.lineage.edges import EdgeSource, StoreEdges
from kg_service.lineage.levels import FinestLevel, RunLevel, outermost_run
from kg_service.lineage.model import Filter, Granularity, Lineage, Request
from kg_service.lineage.window import Happened, Window, WithinWindow
from kg_service.rdf import graph_of, is_aligned, node_object, subject_of
from kg_service.store.port import GraphReader
from kg_service.store.visible import VisibleGraphs
from kg_service.terms import CATALOGUE, DECISIONS, KG_NS, PROV_NS, RDF_TYPE, dcterms
from kg_service.tombstones import tombstone_with_id

# all that a node can be called, in the words of ontologies/kg.ttl and PROV-O
_ALL_KINDS = (*KINDS, *PROV_KINDS, "Assessment")
_BY_WORD = {kind.casefold(): kind for kind in _ALL_KINDS}


def checked_filter(
    reader: GraphReader,
    sources: Iterable[str] = (),
    since: str | None = None,
    until: str | None = None,
    kinds: Iterable[str] = (),
) -> Filter:
    """A filter as people write it. Raises NotKnown and Withdrawn for a source, UsageError for a
    time or a kind, each with what could be meant."""
    wanted = frozenset(sources)
    for source in sorted(wanted):
        source_with_id(reader, source)
    Window.written(since, until)
    return Filter(wanted, since, until, frozenset(kind_written(kind) for kind in kinds))


def kind_written(written: str) -> str:
    """A kind by its name, in any case, with or without prefix. Raises UsageError."""
    word = written.strip().rpartition(":")[2].casefold()
    if word in _BY_WORD:
        return _BY_WORD[word]
    near = get_close_matches(word, _BY_WORD, n=3)
    hint = (
        f"did you mean {' or '.join(_BY_WORD[n] for n in near)}?"
        if near
        else f"there are {', '.join(sorted(_ALL_KINDS))}"
    )
    raise UsageError(f"there is no kind {written!r}; {hint}")


def source_with_id(reader: GraphReader, source_id: str) -> SourceRecord:
    """The source of an id. Raises Withdrawn, and NotKnown with the nearest ids there are."""
    if record := find_source(reader, source_id):
        return record
    if stone := tombstone_with_id(reader, source_id):
        raise Withdrawn(str(stone))
    known = [record.id for record in Catalogue(reader).sources()]
    near = get_close_matches(source_id, known, n=3)
    near = near or [k for k in known if source_id.casefold() in k.casefold()][:3]
    hint = f"did you mean {' or '.join(near)}?" if near else "see kg sources, or /sources"
    raise NotKnown(f"there is no source {source_id!r}; {hint}")


def find_source(reader: GraphReader, source_id: str) -> SourceRecord | None:
    """The source of an id, in its current version, where there is one."""
    for quad in reader.quads(None, dcterms("identifier"), Literal(source_id), CATALOGUE):
        if record := Catalogue(reader).source(subject_of(quad)):
            return record
    return None


def edges_looked_at(request: Request, reader: GraphReader) -> EdgeSource:
    """The edges that a walk may follow: of the request's sources, in its time, at its level.

    Levels are those of what the sources say. Identity and times are judged by the whole store, so
    that looking at less never joins or adds what the whole does not.
    """
    edges = stated_edges(request, reader)
    if request.granularity is Granularity.STEP:
        level: EdgeSource = FinestLevel(edges, request.start)
    else:
        level = RunLevel(edges)
    happened = time_asked(request.filter, reader)
    return WithinWindow(level, happened) if happened else level


def time_asked(filter_: Filter, reader: GraphReader) -> Happened | None:
    """What judges activities by the window of a filter; None where any time is asked for."""
    window = Window.written(filter_.since, filter_.until)
    return Happened(reader, window) if window else None


def sources_asked(filter_: Filter, reader: GraphReader) -> VisibleGraphs | None:
    """What the sources of a filter say, and stewards' decisions; None where all are asked."""
    if not filter_.sources:
        return None
    records = [source_with_id(reader, source) for source in sorted(filter_.sources)]
    return VisibleGraphs(reader, [DECISIONS, *(g for r in records for g in r.graphs)])


def start_looked_at(request: Request, reader: GraphReader) -> NamedNode:
    """Where a walk starts: with runs for steps, at the run of a step."""
    if request.granularity is Granularity.STEP:
        return request.start
    return outermost_run(stated_edges(request, reader), request.start) or request.start


def stated_edges(request: Request, reader: GraphReader) -> EdgeSource:
    """The edges that the request's sources state, at all levels and times."""
    visible = sources_asked(request.filter, reader)
    if visible is None:
        return StoreEdges(reader, request.policy)
    return StoreEdges(visible, request.policy, Matches(reader, request.policy, visible.shows))


def only_kinds(answer: Lineage, reader: GraphReader) -> Lineage:
    """The same answer with only nodes of the kinds asked for, and edges between two of these."""
    wanted = answer.request.filter.kinds
    if not wanted:
        return answer
    for node in [n for n in answer.nodes if n != answer.request.start]:
        if wanted.isdisjoint(kinds_of(node, reader)):
            answer.hidden[node] = answer.nodes.pop(node)
    answer.edges = [e for e in answer.edges if {e.earlier, e.later} <= answer.nodes.keys()]
    return answer


def kinds_of(node: NamedNode, reader: GraphReader) -> set[str]:
    """All kinds of a node, by their local names."""
    told = (q for q in reader.quads(node, RDF_TYPE) if is_aligned(graph_of(q)))
    classes = (kind.value for q in told if (kind := node_object(q)) is not None)
    return {kind.removeprefix(KG_NS).removeprefix(PROV_NS) for kind in classes}
