"""Why a statement stands: for each graph that has it, the source, and what it was made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad, Triple

from kg_service.align.engine import Alignment
from kg_service.align.explain import Explainer, Ground
from kg_service.catalogue import SourceRecord
from kg_service.describe import Describer
from kg_service.errors import Ambiguous, KgError, NotKnown
from kg_service.identity.evidence import Evidence
from kg_service.rdf import object_of
from kg_service.resolve import resolve
from kg_service.store.grades import Grade
from kg_service.store.port import GraphReader, Term
from kg_service.terms import PREFIXES, kg, prov, shorten

_SHOWN = 8
_EVIDENCE = {kg(evidence.value): evidence for evidence in Evidence}


@dataclass(frozen=True)
class Reason:
    """One graph that has the statement: whose it is, and every way it came about."""

    statement: Triple
    source: SourceRecord
    graph: str
    grounds: tuple[Ground, ...]


def why(
    reader: GraphReader, alignment: Alignment, subject: str, predicate: str, object_: str
) -> list[Reason]:
    """The reasons for a statement, whose parts are written as people write them.

    ``subject`` and ``object_`` are IRIs, identifiers or names, ``object_`` may be a literal's
    text; ``predicate`` is an IRI, a prefixed name, or the bare name of a PROV or kg term.
    Raises NotKnown, with what is said instead.
    """
    node = resolve(reader, subject)
    found = _statements(reader, node, _predicates(predicate), object_)
    if not found:
        raise NotKnown(_nothing(reader, node, predicate, object_))
    describer = Describer(reader)
    explainer = Explainer(reader, alignment)
    reasons = [_reason(quad, describer, explainer, reader) for quad in found]
    explained = [reason for reason in reasons if reason is not None]
    aligned = [r for r in explained if not _is_bare(r)]
    return aligned or explained


def _is_bare(reason: Reason) -> bool:
    return not reason.graph.endswith(("/aligned", "/identity"))


def _reason(
    quad: Quad, describer: Describer, explainer: Explainer, reader: GraphReader
) -> Reason | None:
    graph = quad.graph_name
    assert isinstance(graph, NamedNode)
    source = describer.source_of(graph)
    if source is None:
        return None
    asserted = describer.asserted_behind(graph)
    if asserted is not None:
        grounds = tuple(explainer.grounds(quad.triple, graph, asserted))
    elif (evidence := _EVIDENCE.get(quad.predicate)) is not None:
        grounds = (_evidence(quad, evidence, reader, graph),)
    else:
        term = shorten(quad.predicate.value)
        grounds = (Ground(Grade.ASSERTED, term, "stated; no mapping covers it", (quad.triple,)),)
    return Reason(quad.triple, source, graph.value, grounds)


def _evidence(quad: Quad, evidence: Evidence, reader: GraphReader, graph: NamedNode) -> Ground:
    assert isinstance(quad.object, NamedNode)
    written = reader.quads(quad.object, kg("writtenAs"), None, graph)
    values = sorted({object_of(told).value for told in written})
    return Ground(Grade.INFERRED, evidence.label, f"written as {', '.join(values)}", (quad.triple,))


def _statements(
    reader: GraphReader, subject: NamedNode, predicates: list[NamedNode], object_: str
) -> list[Quad]:
    """The statements meant: by the object's exact form, else by what its name resolves to."""
    said = [quad for p in predicates for quad in reader.quads(subject, p)]
    exact = [quad for quad in said if object_ in _forms(quad.object)]
    if exact or not said:
        return exact
    try:
        node = resolve(reader, object_)
    except KgError:
        return []
    return [quad for quad in said if quad.object == node]


def _forms(term: object) -> Iterator[str]:
    if isinstance(term, NamedNode):
        yield from (term.value, f"<{term.value}>", shorten(term.value))
    elif isinstance(term, Literal):
        yield from (term.value, str(term))


def _predicates(written: str) -> list[NamedNode]:
    """The properties that are meant."""
    text = written.strip().removeprefix("<").removesuffix(">")
    if text == "a":
        text = "rdf:type"
    prefix, colon, local = text.partition(":")
    if colon and prefix in PREFIXES and not local.startswith("//"):
        return [NamedNode(PREFIXES[prefix] + local)]
    try:
        return [NamedNode(text)] if colon else [prov(text), kg(text)]
    except ValueError as error:
        raise NotKnown(f"{written!r} is no property: give an IRI or a prefixed name") from error


def _nothing(reader: GraphReader, node: NamedNode, predicate: str, object_: str) -> str:
    said: dict[Term, None] = {}
    for property_ in _predicates(predicate):
        said.update((object_of(quad), None) for quad in reader.quads(node, property_))
    start = f"no source says {shorten(node.value)} {predicate} {object_}"
    if any(isinstance(term, NamedNode) for term in said) and not _is_named(reader, object_):
        start = f"{object_!r} is not known, and {start}"
    if not said:
        terms = sorted({shorten(quad.predicate.value) for quad in reader.quads(node)})
        return f"{start}; of it is said: {', '.join(terms) or 'nothing'}"
    shown = ", ".join(shorten(term.value) for term in list(said)[:_SHOWN])
    return f"{start}; with that property it has: {shown}"


def _is_named(reader: GraphReader, written: str) -> bool:
    try:
        resolve(reader, written)
    except NotKnown as error:
        return isinstance(error, Ambiguous)
    return True
