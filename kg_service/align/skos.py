"""Mapping sets as SKOS in Turtle: a statement a mapping, and an axiom that annotates it.

Each row is a plain SKOS mapping statement, so any SKOS tool reads the file; what SSSOM and
the engine need beside it stands on an ``owl:Axiom`` about it, as in SSSOM's own RDF form::

    schema:object skos:exactMatch prov:used .
    [] a owl:Axiom ; owl:annotatedSource schema:object ; owl:annotatedProperty skos:exactMatch ;
       owl:annotatedTarget prov:used ; sssom:record_id "set:1" ;
       kg:subjectClass schema:CreateAction .

A file of bare SKOS statements is a set as well: its rows hold without conditions, and their
ids are made of what they say.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
    serialize,
)

from kg_service.align.mapping import (
    RELATIONS,
    SKOS_NS,
    Condition,
    MappingSet,
    NotProvenance,
    Row,
    load_rule,
    make_row,
)
from kg_service.errors import MappingError
from kg_service.terms import KG_NS, OWL_NS, RDF_TYPE, RDFS_NS, dcterms, kg

SSSOM_NS = "https://w3id.org/sssom/"
_AXIOM = NamedNode(OWL_NS + "Axiom")
_SOURCE = NamedNode(OWL_NS + "annotatedSource")
_PROPERTY = NamedNode(OWL_NS + "annotatedProperty")
_TARGET = NamedNode(OWL_NS + "annotatedTarget")
_SET = NamedNode(SSSOM_NS + "MappingSet")
_SET_KINDS = (_SET, NamedNode(SKOS_NS + "ConceptScheme"), NamedNode(OWL_NS + "Ontology"))
_VERSIONS = (
    NamedNode(SSSOM_NS + "mapping_set_version"),
    NamedNode(OWL_NS + "versionInfo"),
    dcterms("hasVersion"),
)
_CONDITIONS = {
    "subject_class": (kg("subjectClass"), kg("notSubjectClass")),
    "object_class": (kg("objectClass"), kg("notObjectClass")),
}
_COMMENT = NamedNode(RDFS_NS + "comment")


def read_skos(path: Path, is_known: Callable[[str], bool]) -> MappingSet:
    """One set. Raises MappingError with every wrong mapping, each by its line."""
    text = path.read_text(encoding="utf-8-sig")
    try:
        parser = parse(text, format=RdfFormat.TURTLE, base_iri=f"urn:kg:mappings:{path.stem}")
        graph = _Graph(list(parser))
        prefixes = dict(parser.prefixes)
    except SyntaxError as error:
        raise MappingError(f"{path}: line {error.lineno}: {error.msg}") from error
    node = graph.the_set()
    set_iri = node.value if node else f"https://w3id.org/kg-service/mappings/{path.stem}"
    rows: list[Row] = []
    faults: list[str] = []
    for cells in _mappings(graph, set_iri):
        line = _line_of(text, cells["subject_id"], prefixes)
        try:
            rows.append(make_row(cells, str, line, is_known))
        except ValueError as error:
            faults.append(f"{path}: line {line}: {error}")
    if faults:
        raise MappingError("\n".join(faults))
    if not rows:
        raise MappingError(f"{path}: holds no SKOS mapping (skos:exactMatch and the like)")
    return MappingSet(
        iri=set_iri,
        title=graph.text(node, dcterms("title")) or path.stem,
        version=next((v for p in _VERSIONS if (v := graph.text(node, p))), ""),
        rows=tuple(sorted(rows, key=lambda row: row.record_id)),
        rules=tuple(load_rule(path.parent / n, set_iri) for n in graph.texts(node, kg("rule"))),
        not_provenance=tuple(_not_provenance(graph, node)),
        path=path,
        prefixes=prefixes,
        metadata={"license": v} if (v := graph.text(node, dcterms("license"))) else {},
    )


class _Graph:
    """The statements of a file, by subject and property."""

    def __init__(self, quads: list[Quad]) -> None:
        self.quads = quads
        self._values: dict[tuple[object, NamedNode], list[object]] = defaultdict(list)
        self._about: dict[object, list[Quad]] = defaultdict(list)
        for quad in quads:
            self._values[quad.subject, quad.predicate].append(quad.object)
            self._about[quad.subject].append(quad)

    def about(self, node: object) -> list[Quad]:
        return self._about.get(node, [])

    def values(self, node: object, predicate: NamedNode) -> list[object]:
        return self._values.get((node, predicate), [])

    def texts(self, node: object, predicate: NamedNode) -> list[str]:
        values = self.values(node, predicate)
        return sorted(v.value for v in values if isinstance(v, (Literal, NamedNode)))

    def text(self, node: object, predicate: NamedNode) -> str | None:
        return next(iter(self.texts(node, predicate)), None)

    def the_set(self) -> NamedNode | None:
        for kind in _SET_KINDS:
            for quad in self.quads:
                is_it = quad.predicate == RDF_TYPE and quad.object == kind
                if is_it and isinstance(quad.subject, NamedNode):
                    return quad.subject
        return None


def _mappings(graph: _Graph, set_iri: str) -> Iterator[dict[str, str]]:
    """The cells of each mapping: of the axioms, then of statements that none annotates."""
    annotated: set[tuple[str, str, str]] = set()
    for quad in graph.quads:
        if quad.predicate != RDF_TYPE or quad.object != _AXIOM:
            continue
        parts = [graph.text(quad.subject, p) or "" for p in (_SOURCE, _PROPERTY, _TARGET)]
        annotated.add((parts[0], parts[1], parts[2]))
        yield _cells(graph, quad.subject, parts, set_iri)
    for quad in graph.quads:
        said = tuple(getattr(t, "value", "") for t in quad.triple)
        name = quad.predicate.value.removeprefix(SKOS_NS)
        is_mapping = name != quad.predicate.value and name.endswith("Match")
        if is_mapping and said not in annotated:
            yield _cells(graph, None, list(said), set_iri)


def _cells(graph: _Graph, axiom: object, parts: list[str], set_iri: str) -> dict[str, str]:
    cells = dict(zip(("subject_id", "predicate_id", "object_id"), parts, strict=True))
    for quad in graph.about(axiom):
        if quad.predicate.value.startswith(SSSOM_NS):
            cells[quad.predicate.value.removeprefix(SSSOM_NS)] = getattr(quad.object, "value", "")
    for name, (wanted, unwanted) in _CONDITIONS.items():
        parts = ["|".join(graph.texts(axiom, wanted)), "!" + "|".join(graph.texts(axiom, unwanted))]
        if any(part.strip("!") for part in parts):
            cells[name] = " & ".join(part for part in parts if part.strip("!"))
    cells["inverse"] = graph.text(axiom, kg("inverse")) or ""
    cells["comment"] = graph.text(axiom, _COMMENT) or ""
    if "record_id" not in cells:
        digest = hashlib.sha256(" ".join([*parts, *sorted(cells.values())]).encode()).hexdigest()
        cells["record_id"] = f"{set_iri.rstrip('/#').rpartition('/')[2]}:{digest[:8]}"
    return cells


def _not_provenance(graph: _Graph, node: object) -> Iterator[NotProvenance]:
    for entry in graph.values(node, kg("notProvenance")):
        property_ = graph.text(entry, kg("property"))
        for name in graph.texts(entry, kg("localName")):
            if property_:
                yield NotProvenance(property_, name, tuple(graph.texts(entry, kg("produces"))))


def _line_of(text: str, iri: str, prefixes: dict[str, str]) -> int:
    """The first line that has a term, by its IRI or its prefixed name."""
    names = [re.escape(iri)]
    for prefix, namespace in prefixes.items():
        if iri.startswith(namespace):
            names.append(
                rf"(?<![\w-]){re.escape(prefix)}:{re.escape(iri[len(namespace) :])}(?![\w-])"
            )
    wanted = re.compile("|".join(names))
    for number, line in enumerate(text.splitlines(), start=1):
        if wanted.search(line):
            return number
    return 1


def write_skos(mapping: MappingSet) -> str:
    """A set as SKOS in Turtle; ``read_skos`` gives the same rows back."""
    prefixes = {
        **mapping.prefixes,
        "skos": SKOS_NS,
        "owl": OWL_NS,
        "sssom": SSSOM_NS,
        "kg": KG_NS,
        "rdfs": RDFS_NS,
        "dcterms": dcterms("").value,
    }
    text = serialize(_triples(mapping), format=RdfFormat.TURTLE, prefixes=prefixes)
    assert text is not None
    return text.decode()


def _triples(mapping: MappingSet) -> Iterator[Triple]:
    node = NamedNode(mapping.iri)
    yield Triple(node, RDF_TYPE, _SET)
    yield Triple(node, dcterms("title"), Literal(mapping.title))
    yield Triple(node, _VERSIONS[0], Literal(mapping.version))
    if licence := mapping.metadata.get("license"):
        yield Triple(node, dcterms("license"), NamedNode(licence))
    for rule in mapping.rules:
        yield Triple(node, kg("rule"), Literal(f"rules/{mapping.name}/{rule.path.name}"))
    for entry in mapping.not_provenance:
        blank = BlankNode()
        yield Triple(node, kg("notProvenance"), blank)
        yield Triple(blank, kg("property"), NamedNode(entry.property))
        yield Triple(blank, kg("localName"), Literal(entry.local_name))
        for name in entry.produces:
            yield Triple(blank, kg("produces"), NamedNode(name))
    for row in mapping.rows:
        yield from _row_triples(row)


def _row_triples(row: Row) -> Iterator[Triple]:
    subject, relation, object_ = row.as_written
    assert relation in RELATIONS
    said = (NamedNode(subject), NamedNode(SKOS_NS + relation), NamedNode(object_))
    yield Triple(*said)
    axiom = BlankNode()
    yield Triple(axiom, RDF_TYPE, _AXIOM)
    for predicate, term in zip((_SOURCE, _PROPERTY, _TARGET), said, strict=True):
        yield Triple(axiom, predicate, term)
    yield Triple(axiom, NamedNode(SSSOM_NS + "record_id"), Literal(row.record_id))
    for name, value in row.metadata:
        yield Triple(axiom, NamedNode(SSSOM_NS + name), Literal(value))
    for name, condition in (("subject_class", row.subject), ("object_class", row.object)):
        yield from _condition_triples(axiom, name, condition)
    if row.inverse:
        yield Triple(axiom, kg("inverse"), Literal("true"))
    if row.comment:
        yield Triple(axiom, _COMMENT, Literal(row.comment))


def _condition_triples(axiom: BlankNode, name: str, condition: Condition) -> Iterator[Triple]:
    classes = (condition.any_of, condition.none_of)
    for predicate, iris in zip(_CONDITIONS[name], classes, strict=True):
        for iri in sorted(iris):
            yield Triple(axiom, predicate, NamedNode(iri))
