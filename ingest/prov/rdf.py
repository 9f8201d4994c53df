"""Reading PROV-O as it stands: Turtle, TriG, N-Triples, N-Quads, RDF/XML, JSON-LD.

The default graph is the document, each named graph a bundle. Blank nodes become IRIs, numbered
as they come, so that the same file gives the same ones.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from ingest.bundle import Bundle
from ingest.document import Description
from ingest.errors import InvalidSource
from ingest.findings import Findings
from ingest.iri import is_valid_reference, segment
from ingest.prov.addresses import absolute, resolve
from ingest.prov.document import bundle_types
from ingest.triples import RDF_TYPE, skolem

SYNTAXES = {
    ".ttl": RdfFormat.TURTLE,
    ".turtle": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".rdf": RdfFormat.RDF_XML,
    ".xml": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
    ".json": RdfFormat.JSON_LD,
}
_NANOPUBLICATION = "http://www.nanopub.org/nschema#Nanopublication"
# the file is parsed before its address is known, under one that stands for it; deep, so that
# a relative reference that climbs is still told from an absolute one
_ROOT = "http://relative.invalid/"
_FOLDERS = tuple(f"r{n}" for n in range(12))
_PROBE = _ROOT + "".join(f"{folder}/" for folder in _FOLDERS)
_PLACE = re.compile(r"line (\d+)(?: column (\d+)| between columns (\d+))")
_CONTEXT = re.compile(r"Remote context|remote context|context.*(?:load|remote)", re.IGNORECASE)


def syntax_of(name: str) -> RdfFormat | None:
    """The RDF syntax that a file's name tells."""
    return SYNTAXES.get(PurePosixPath(name).suffix.lower())


@dataclass
class _Resolver:
    """Makes parsed terms what they are under the source's address."""

    base: str
    name: str
    findings: Findings
    _blank: dict[str, NamedNode] = field(default_factory=dict)
    _known: dict[str, NamedNode] = field(default_factory=dict)

    def node(self, term: NamedNode | BlankNode) -> NamedNode:
        if isinstance(term, BlankNode):
            return self.blank(term.value)
        found = self._known.get(term.value)
        if found is None:
            found = self._known[term.value] = self._named(term.value)
        return found

    def blank(self, label: str) -> NamedNode:
        """The node that stands for a blank one: by its number, since labels may be random."""
        number = str(len(self._blank))
        return self._blank.setdefault(label, skolem(self.base, self.name, number))

    def literal(self, term: Literal) -> Literal:
        """The literal with a language and a datatype that other readers of RDF accept."""
        if term.language is not None:
            try:
                return Literal(term.value, language=term.language)
            except ValueError:
                detail = f"no language tag: {term.language!r}"
                self.findings.repaired("language", self.name, detail)
                return Literal(term.value)
        if is_valid_reference(term.datatype.value):
            return term
        return Literal(term.value, datatype=self.node(term.datatype))

    def _named(self, iri: str) -> NamedNode:
        written = iri.removeprefix(_PROBE)
        if written != iri:
            iri = self.base + written
        elif iri.startswith(_ROOT):
            iri = resolve(self.base + self.name, _climbing(iri.removeprefix(_ROOT)))
        fixed = absolute(self.base, iri)
        if fixed != iri:
            self.findings.repaired("iri", self.name, f"{iri!r} kept as <{fixed}>")
        return NamedNode(fixed)


def _climbing(path: str) -> str:
    parts = path.split("/")
    shared = 0
    while shared < min(len(parts), len(_FOLDERS)) and parts[shared] == _FOLDERS[shared]:
        shared += 1
    rest = "/".join(parts[shared:])
    return "../" * (len(_FOLDERS) - shared) + rest if shared else "/" + rest


@dataclass(frozen=True)
class RdfDocument:
    """A parsed RDF file, by graph; the key None is the default graph."""

    graphs: dict[NamedNode | BlankNode | None, list[Triple]]
    order: tuple[str, ...]
    name: str
    description: Description

    def _resolver(self, base: str, findings: Findings) -> _Resolver:
        resolver = _Resolver(base, segment(PurePosixPath(self.name).name), findings)
        for label in self.order:
            resolver.blank(label)
        return resolver

    def triples(self, base: str, findings: Findings) -> Iterator[Triple]:
        """The default graph, and that the named graphs are bundles."""
        resolver = self._resolver(base, findings)
        yield from _resolved(self.graphs.get(None, []), resolver)
        for graph in self.graphs:
            if graph is not None:
                yield from bundle_types(resolver.node(graph))

    def bundles(
        self, base: str, findings: Findings
    ) -> Iterator[tuple[NamedNode, Iterator[Triple]]]:
        """Each named graph and its statements."""
        resolver = self._resolver(base, findings)
        for graph, statements in self.graphs.items():
            if graph is not None:
                yield resolver.node(graph), _resolved(statements, resolver)


def _resolved(statements: list[Triple], resolver: _Resolver) -> Iterator[Triple]:
    for triple in statements:
        subject, object_ = triple.subject, triple.object
        if isinstance(subject, Triple) or isinstance(object_, Triple):
            resolver.findings.lost("triple-term", resolver.name, f"{triple}")
            continue
        yield Triple(
            resolver.node(subject),
            resolver.node(triple.predicate),
            resolver.literal(object_) if isinstance(object_, Literal) else resolver.node(object_),
        )


def read_rdf(bundle: Bundle) -> RdfDocument:
    """Read an RDF file whose name tells its syntax. Raises InvalidSource with the place."""
    name = bundle.main or ""
    syntax = syntax_of(name)
    where = bundle.where(name)
    if syntax is None:
        raise InvalidSource(
            "no RDF syntax goes by this name", where=where, todo="name it .ttl, .trig, …"
        )
    return parse_rdf(bundle.read(name), syntax, name, where)


def parse_rdf(content: bytes, syntax: RdfFormat, name: str, where: str) -> RdfDocument:
    """Parse RDF. Raises InvalidSource with line and column where the parser tells them."""
    graphs: dict[NamedNode | BlankNode | None, list[Triple]] = defaultdict(list)
    order: dict[str, None] = {}
    identifier = None
    try:
        # lenient, since a strict parser drops or refuses an invalid IRI that can be mended
        base = _PROBE + segment(PurePosixPath(name).name)
        for quad in parse(content, syntax, base_iri=base, lenient=True):
            graph = None if isinstance(quad.graph_name, DefaultGraph) else quad.graph_name
            graphs[graph].append(quad.triple)
            order |= dict.fromkeys(_blank_labels(quad))
            if quad.predicate == RDF_TYPE and _iri(quad.object) == _NANOPUBLICATION:
                identifier = identifier or _iri(quad.subject)
    except SyntaxError as error:
        raise _fault(error, where) from error
    except ValueError as error:
        raise InvalidSource(
            f"RDF that can not be read: {error}", where=where, todo="export it again"
        ) from error
    if identifier is not None and identifier.startswith(_ROOT):
        identifier = None
    return RdfDocument(dict(graphs), tuple(order), name, Description(identifier=identifier))


def _blank_labels(quad: Quad) -> Iterator[str]:
    for term in (quad.graph_name, quad.subject, quad.object):
        if isinstance(term, BlankNode):
            yield term.value


def _iri(term: object) -> str | None:
    return term.value if isinstance(term, NamedNode) else None


def _fault(error: SyntaxError, where: str) -> InvalidSource:
    message = str(error.msg)
    if _CONTEXT.search(message):
        return InvalidSource(
            f"JSON-LD with a context that is not in it ({message})",
            where=where,
            todo="put the context's terms into the file, or export it as Turtle",
        )
    place = _PLACE.search(message)
    told = message.partition(": ")[2] if place else message
    at = f":{place[1]}:{place[2] or place[3]}" if place else ""
    return InvalidSource(
        f"not valid RDF: {told.replace(_PROBE, '')}",
        where=f"{where}{at}",
        todo="correct it there, or export it again",
    )
