"""What is recorded of a run, made ready to be compared: with what, by what and to what effect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from pyoxigraph import NamedNode, Quad, Triple

from kg_service.describe import Describer, Thing
from kg_service.lineage.edges import EdgeSource
from kg_service.lineage.grade import Grounds
from kg_service.lineage.model import Edge
from kg_service.rdf import graph_of, is_aligned, node_object, object_node, text_object
from kg_service.store.port import GraphReader
from kg_service.terms import kg, shorten
from kg_service.tracing.contexts import contexts_of, made_of

SECTIONS = (
    "inputs", "parameters", "versions", "containers", "environment", "configuration",
    "instruments", "outcome", "outputs",
)  # fmt: skip
_SECTION_OF = {
    kg("hadPlan"): "versions",
    kg("engine"): "versions",
    kg("containerImage"): "containers",
    kg("environment"): "environment",
    kg("parameterValue"): "parameters",
    kg("configuration"): "configuration",
    kg("usedInstrument"): "instruments",
}
_VERSIONED = {"Software", "Workflow", "Protocol", "SoftwareAgent"}
# of a collection with more members, only so many are compared
_MOST_MEMBERS = 10_000


@dataclass(frozen=True)
class Said:
    """Who says it: a source, a grade, and the row or rule that made the statement."""

    source: str | None
    grade: str
    by: str


@dataclass(frozen=True)
class Fact:
    """One thing of a run: in which section, under which names one may find it in another run.

    ``names``: the surest first. ``value``: what to compare; None for a file, whose features are
    compared, and where none is told. ``members``: those of a collection, at any depth.
    """

    section: str
    names: tuple[str, ...]
    value: str | None
    thing: Thing
    said: Said
    is_file: bool = False
    members: tuple[Fact, ...] = ()


class RunFacts:
    """Reads the facts of runs from one state of a store."""

    def __init__(
        self, reader: GraphReader, edges: EdgeSource, describer: Describer, grounds: Grounds
    ) -> None:
        self._reader = reader
        self._edges = edges
        self._describer = describer
        self._grounds = grounds

    def of(self, activity: NamedNode) -> list[Fact]:
        """All facts of a run and of its parts: each thing once."""
        parts = [activity, *self._edges.parts_of(activity)]
        facts = [*self._data(activity, parts), *self._context(activity)]
        told_of_whole = any(fact.section == "parameters" for fact in facts)
        for part in parts[1:]:
            inner = self._context(part)
            facts += (f for f in inner if f.section != "parameters" or not told_of_whole)
        facts += self._outcome(activity)
        once = {(fact.section, fact.thing.iri, fact.value): fact for fact in reversed(facts)}
        return list(reversed(once.values()))

    def _data(self, activity: NamedNode, parts: list[NamedNode]) -> Iterator[Fact]:
        made = [edge for part in parts for edge in self._edges.generated_by(part)]
        used = [edge for part in parts for edge in self._edges.used_by(part)]
        made_inside = {e.later for e in made}
        used_inside = {e.earlier for e in used}
        own = [e for e in made if e.earlier == activity]
        outputs = own or [e for e in made if e.later not in used_inside] or made
        for edge in [e for e in used if e.later == activity] or used:
            if edge.earlier not in made_inside:
                yield self._entity("inputs", edge.earlier, edge)
        for edge in outputs:
            yield self._entity("outputs", edge.later, edge)

    def _entity(self, section: str, node: NamedNode, edge: Edge) -> Fact:
        said = self._said(Triple(*edge.statement), edge.graph)
        thing = self._describer.thing(node)
        names = self._names(thing, edge.graph)
        if "Value" in thing.kinds and "Data" not in thing.kinds:
            section = "parameters" if section == "inputs" else section
            return Fact(section, names, self._value_of(node, edge.graph), thing, said)
        if "Material" in thing.kinds:
            return Fact(section, names, thing.label, thing, said)
        members = tuple(
            Fact(section, _names_inside(thing, inner), None, inner, said, is_file=True)
            for inner in map(self._describer.thing, self._files_in(node))
        )
        return Fact(section, names, None, thing, said, is_file=True, members=members)

    def _files_in(self, node: NamedNode) -> list[NamedNode]:
        """The members of a collection, at any depth, that have none themselves."""
        found: list[NamedNode] = []
        met = {node}
        pending = [node]
        while pending and len(met) <= _MOST_MEMBERS:
            here = pending.pop()
            inner = sorted({e.earlier for e in self._edges.members_of(here)}, key=lambda n: n.value)
            if not inner and here != node:
                found.append(here)
            for member in inner:
                if member not in met:
                    met.add(member)
                    pending.append(member)
        return sorted(found, key=lambda n: n.value)

    def _context(self, activity: NamedNode) -> Iterator[Fact]:
        for quad in contexts_of(self._reader, activity):
            node = object_node(quad)
            thing = self._describer.thing(node)
            section = _SECTION_OF.get(quad.predicate)
            if section is None:
                if _VERSIONED.isdisjoint(thing.kinds):
                    continue
                section = "versions"
            graph = graph_of(quad)
            said = self._said(quad.triple, graph)
            yield self._fact(section, thing, said, graph)
            if section in ("versions", "containers"):
                for inner in made_of(self._reader, node, graph):
                    told = self._describer.thing(inner)
                    if "ContainerImage" in told.kinds:
                        yield self._fact("containers", told, said, graph)
                    elif not _VERSIONED.isdisjoint(told.kinds):
                        yield self._fact("versions", told, said, graph)

    def _fact(self, section: str, thing: Thing, said: Said, graph: NamedNode | None) -> Fact:
        node = NamedNode(thing.iri)
        if section == "configuration":
            return Fact(section, self._names(thing, graph), None, thing, said, is_file=True)
        if section in ("versions", "containers"):
            version = self._version_of(node, graph)
            names = (f"name {_without(thing.label, version)}",)
            return Fact(section, names, version, thing, said)
        if section == "instruments":
            return Fact(section, (f"name {thing.label}",), thing.label, thing, said)
        return Fact(section, self._names(thing, graph), self._value_of(node, graph), thing, said)

    def _outcome(self, activity: NamedNode) -> Iterator[Fact]:
        thing = self._describer.thing(activity)
        for predicate in (kg("status"), kg("exitCode"), kg("error")):
            for quad in self._told(activity, predicate):
                value = text_object(quad)
                if isinstance(quad.object, NamedNode):
                    value = shorten(value).rpartition(":")[2]
                names = (f"name {predicate.value.rpartition('#')[2]}",)
                said = self._said(quad.triple, graph_of(quad))
                yield Fact("outcome", names, value, thing, said)

    def _names(self, thing: Thing, graph: NamedNode | None) -> tuple[str, ...]:
        """Under what a thing may be found in another run: parameter, path, name, file name."""
        node = NamedNode(thing.iri)
        parameters = sorted(
            self._describer.thing(parameter).label
            for quad in self._told(node, kg("formalParameter"), graph)
            if (parameter := node_object(quad)) is not None
        )
        names = [f"parameter {name}" for name in parameters]
        names += [
            f"path {unquote(path)}"
            for source in thing.sources
            if (path := thing.iri.removeprefix(f"{source.iri}/")) != thing.iri
            and not path.startswith(("#", ".well-known/"))
        ]
        names.append(f"name {thing.label}")
        return tuple(dict.fromkeys(names))

    def _value_of(self, node: NamedNode, graph: NamedNode | None) -> str | None:
        values = sorted({text_object(q) for q in self._told(node, kg("value"), graph)})
        units = sorted({text_object(q) for q in self._told(node, kg("unit"), graph)})
        return " ".join([", ".join(values), *units]) if values else None

    def _version_of(self, node: NamedNode, graph: NamedNode | None) -> str | None:
        for predicate in (kg("version"), kg("tag"), kg("sha256"), kg("sha512"), kg("sha1")):
            if told := sorted({text_object(q) for q in self._told(node, predicate, graph)}):
                return ", ".join(told)
        return None

    def _told(
        self, node: NamedNode, predicate: NamedNode, graph: NamedNode | None = None
    ) -> list[Quad]:
        """What is said of a node: by one graph if it says anything, else by all.

        Runs in many sources name the same program, each with the version it had.
        """
        told = [q for q in self._reader.quads(node, predicate) if is_aligned(graph_of(q))]
        return [q for q in told if graph_of(q) == graph] or told

    def _said(self, statement: Triple, graph: NamedNode | None) -> Said:
        if graph is None:
            return Said(None, "", "")
        ground = self._grounds.of_statement(statement, graph)
        source = self._describer.source_of(graph)
        return Said(source.id if source else None, ground.grade.value, ground.by)


def _names_inside(collection: Thing, member: Thing) -> tuple[str, ...]:
    """A member's names: its path in the collection where its IRI tells it, and its own name."""
    folder = collection.iri.removesuffix("/") + "/"
    names = [f"name {member.label}"]
    if member.iri.startswith(folder):
        names.insert(0, f"path {unquote(member.iri.removeprefix(folder))}")
    return tuple(names)


def _without(label: str, version: str | None) -> str:
    """A program's name without the version that is told beside it."""
    name = label.replace(version, "") if version else label
    return name.strip(" -_:@/v").casefold() or label.casefold()
