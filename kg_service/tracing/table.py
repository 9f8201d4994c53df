"""The sample x result table of a study or a source: one row for a specimen and a result of it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pyoxigraph import NamedNode

from kg_service.catalogue import SourceRecord
from kg_service.describe import Describer, Thing
from kg_service.lineage.edges import EdgeSource, same_things
from kg_service.lineage.ends import find_results, things_made_one
from kg_service.lineage.model import Direction, EdgeKind, Lineage, Move, NodeKind, Place, Request
from kg_service.lineage.scope import stated_edges
from kg_service.rdf import graph_of, is_aligned, node_object, subject_of, text_object
from kg_service.store.grades import Grade
from kg_service.store.port import GraphReader
from kg_service.terms import RDF_TYPE, kg
from kg_service.tracing.paths import PathView
from kg_service.tracing.state import State

MOST_ROWS = 100_000
COLUMNS = (
    "specimen", "specimen_label", "specimen_identifiers", "sample", "sample_label", "result",
    "result_label", "result_kind", "final", "steps", "activities", "activity_kinds", "sources",
    "grade", "complete",
)  # fmt: skip
_MATERIAL = kg("Material")
_GRADES = [grade.value for grade in (Grade.ASSERTED, Grade.MAPPED, Grade.CLOSE, Grade.INFERRED)]


@dataclass(frozen=True)
class Row:
    """One specimen and one result of it; ``cells`` by column, absent where nothing is told."""

    cells: dict[str, str]


@dataclass(frozen=True)
class StudyTable:
    """The table: ``COLUMNS``, and one for each characteristic that some specimen or sample has."""

    of: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    complete: bool
    stopped: tuple[str, ...]

    def tsv(self) -> str:
        """Tab-separated values with a header; tabs and line ends in values become spaces."""
        rows = ([row.cells.get(column, "") for column in self.columns] for row in self.rows)
        lines = ["\t".join(map(_cell, row)) for row in (self.columns, *rows)]
        return "\n".join(lines) + "\n"

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            "of": self.of,
            "complete": self.complete,
            "stopped": list(self.stopped),
            "columns": list(self.columns),
            "rows": [row.cells for row in self.rows],
        }


def study_table(
    state: State,
    request: Request,
    source: SourceRecord | None = None,
    *,
    limit: int = MOST_ROWS,
) -> StudyTable:
    """The table of a source; else of the study, investigation, assay or material of the request.

    A specimen without a result has a row of its own.
    """
    reader = state.reader
    edges = stated_edges(request, reader)
    if source is not None:
        materials = _of_source(reader, source)
        name = source.id
    else:
        materials = _of_frame(reader, edges, request.start)
        name = request.start.value
    rows: list[Row] = []
    stopped: list[str] = []
    tell = _Rows(state)
    for specimen in _first_of(reader, edges, materials):
        down = replace(request, start=specimen, direction=Direction.DOWN)
        for row in tell.of(state.lineage(down)):
            if len(rows) == limit:
                stopped.append(f"stopped at the limit of {limit} rows")
                break
            rows.append(row)
        if stopped:
            break
    cut = sum(row.cells["complete"] == "no" for row in rows)
    if cut:
        stopped.append(f"{cut} rows are of specimens whose lineage was cut at the depth or limit")
    extra = sorted({c for row in rows for c in row.cells} - set(COLUMNS), key=_characteristic_order)
    return StudyTable(name, (*COLUMNS, *extra), tuple(rows), not stopped, tuple(stopped))


class _Rows:
    """Makes rows, remembering what things and edges are."""

    def __init__(self, state: State) -> None:
        self._reader = state.reader
        self._describer = state.describer
        self._view = PathView(state)
        self._characteristics: dict[NamedNode, dict[str, str]] = {}

    def of(self, lineage: Lineage) -> Iterator[Row]:
        """The rows of the specimen at which a lineage starts."""
        start = lineage.request.start
        specimen = self._view.thing(start)
        one = things_made_one(move.edge for move in lineage.down)
        came_by = _shortest(lineage)
        onward = {
            one.get(move.origin.node, move.origin.node)
            for move in lineage.down
            if move.edge.kind not in (EdgeKind.IDENTITY, EdgeKind.MEMBER)
        }
        shared = {
            "specimen": specimen.iri,
            "specimen_label": specimen.label,
            "specimen_identifiers": "; ".join(specimen.identifiers),
            "complete": "yes" if lineage.complete else "no",
        }
        results = find_results(self._describer, lineage).things
        for result in results:
            node = NamedNode(result.iri)
            way = _way(came_by, start, node)
            final = one.get(node, node) not in onward
            yield Row({**shared, **self._result(lineage, one, way, result, final)})
        if not results:
            yield Row({**shared, **self._told_of([start], "specimen")})

    def _result(
        self,
        lineage: Lineage,
        one: dict[NamedNode, NamedNode],
        way: list[Move],
        result: Thing,
        final: bool,
    ) -> dict[str, str]:
        start = lineage.request.start
        passed = [start, *(move.to.node for move in way)]
        materials = [n for n in passed if "Material" in self._view.thing(n).kinds]
        of_specimen = [n for n in materials if one.get(n, n) == one.get(start, start)]
        samples = [n for n in materials if n not in of_specimen]
        activities = [self._view.thing(m.to.node) for m in way if m.to.kind is NodeKind.ACTIVITY]
        said = [self._view.said(move.edge) for move in way]
        grades = [view.grade for view in said if view.grade in _GRADES]
        cells = {
            "result": result.iri,
            "result_label": result.label,
            "result_kind": result.kind,
            "final": "yes" if final else "no",
            "steps": str(lineage.nodes[NamedNode(result.iri)].depth),
            "activities": " > ".join(thing.label for thing in activities),
            "activity_kinds": " > ".join(thing.kind for thing in activities),
            "sources": "; ".join(dict.fromkeys(v.source.id for v in said if v.source)),
            "grade": max(grades, key=_GRADES.index, default=""),
            **self._told_of(of_specimen, "specimen"),
            **self._told_of(samples, "sample"),
        }
        if samples:
            sample = self._view.thing(samples[-1])
            cells |= {"sample": sample.iri, "sample_label": sample.label}
        return cells

    def _told_of(self, materials: Iterable[NamedNode], prefix: str) -> dict[str, str]:
        """Characteristics by column; of several materials, as the one nearest to the result has."""
        told: dict[str, str] = {}
        for material in materials:
            for name, value in self._characteristics_of(material).items():
                told[f"{prefix}: {name}"] = value
        return told

    def _characteristics_of(self, material: NamedNode) -> dict[str, str]:
        if material not in self._characteristics:
            told: dict[str, list[str]] = defaultdict(list)
            for quad in self._reader.quads(material, kg("characteristic")):
                node = node_object(quad)
                if node is None or not is_aligned(graph_of(quad)):
                    continue
                if value := " ".join([*self._texts(node, "value"), *self._texts(node, "unit")]):
                    told[self._view.thing(node).label].append(value)
            self._characteristics[material] = {
                name: "; ".join(dict.fromkeys(sorted(values))) for name, values in told.items()
            }
        return self._characteristics[material]

    def _texts(self, node: NamedNode, name: str) -> list[str]:
        quads = self._reader.quads(node, kg(name))
        return sorted({text_object(q) for q in quads if is_aligned(graph_of(q))})


def _of_source(reader: GraphReader, source: SourceRecord) -> list[NamedNode]:
    found = {
        subject_of(quad)
        for graph in source.aligned_graphs
        for quad in reader.quads(None, RDF_TYPE, _MATERIAL, NamedNode(graph))
    }
    return sorted(found, key=lambda n: n.value)


def _of_frame(reader: GraphReader, edges: EdgeSource, frame: NamedNode) -> list[NamedNode]:
    """The materials of a study, of what is a part of it, and those that its activities used."""
    if _is_material(reader, frame):
        return [frame]
    parts: dict[NamedNode, None] = {frame: None}
    pending = deque([frame])
    while pending:
        for quad in reader.quads(None, kg("partOf"), pending.popleft()):
            part = subject_of(quad)
            if is_aligned(graph_of(quad)) and part not in parts:
                parts[part] = None
                pending.append(part)
    used = (e.earlier for part in parts for e in edges.used_by(part))
    found = {node for node in (*parts, *used) if _is_material(reader, node)}
    return sorted(found, key=lambda n: n.value)


def _first_of(
    reader: GraphReader, edges: EdgeSource, materials: list[NamedNode]
) -> list[NamedNode]:
    """Of some materials, the specimens, and those that were made of none of the others."""
    known = set(materials)
    told: set[NamedNode] = set()
    found = []
    for material in materials:
        same = [material, *same_things(edges, material)]
        specimen = any(
            is_aligned(graph_of(q)) for n in same for q in reader.quads(n, RDF_TYPE, kg("Specimen"))
        )
        if not told.isdisjoint(same):
            continue
        if specimen or not any(origin in known for n in same for origin in _origins(edges, n)):
            told.update(same)
            found.append(material)
    describer = Describer(reader)
    return sorted(found, key=lambda n: (describer.thing(n).label, n.value))


def _origins(edges: EdgeSource, entity: NamedNode) -> Iterator[NamedNode]:
    for generation in edges.generations_of(entity):
        for use in edges.used_by(generation.earlier):
            yield use.earlier
    for derivation in edges.origins_of(entity):
        yield derivation.earlier


def _is_material(reader: GraphReader, node: NamedNode) -> bool:
    return any(is_aligned(graph_of(q)) for q in reader.quads(node, RDF_TYPE, _MATERIAL))


def _shortest(lineage: Lineage) -> dict[Place, Move]:
    """For each place downstream, the last move of a shortest way there."""
    onward: dict[Place, list[Move]] = defaultdict(list)
    for move in lineage.down:
        onward[move.origin].append(move)
    start = Place(lineage.request.start, lineage.nodes[lineage.request.start].kind)
    came_by: dict[Place, Move] = {}
    depths = {start: 0}
    queue = deque([start])
    while queue:
        place = queue.popleft()
        for move in onward[place]:
            depth = depths[place] + move.cost
            if depth < depths.get(move.to, depth + 1):
                depths[move.to] = depth
                came_by[move.to] = move
                if move.cost:
                    queue.append(move.to)
                else:
                    queue.appendleft(move.to)
    return came_by


def _way(came_by: dict[Place, Move], start: NamedNode, node: NamedNode) -> list[Move]:
    way: list[Move] = []
    place = Place(node, NodeKind.ENTITY)
    while place in came_by and place.node != start:
        way.append(came_by[place])
        place = came_by[place].origin
    return way[::-1]


def _cell(text: str) -> str:
    return " ".join(text.split())


def _characteristic_order(column: str) -> tuple[bool, str]:
    return column.startswith("sample: "), column.casefold()
