"""PROV's own typing, checked by SHACL: ``ontologies/prov-shapes.ttl`` over an aligned graph.

The validator is pyshacl. It is given only the types and the properties that the shapes name,
which of a large source is a fraction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, parse, serialize

from kg_service.check.model import Checked, Family, Verdict
from kg_service.store.port import GraphReader
from kg_service.terms import RDF_TYPE, shorten

_SH = "http://www.w3.org/ns/shacl#"
_NAMED = {_SH + "path", _SH + "targetSubjectsOf"}
_SHOWN = 3
_TODO = "correct the source, or the mapping that kg why names for the statement"


class Shapes:
    """The shapes, loaded once."""

    def __init__(self, path: Path) -> None:
        # rdflib and pyshacl take longer to import than most commands take to run
        from rdflib import Graph

        self._shapes = Graph().parse(path, format="turtle")
        quads = parse(path=str(path), format=RdfFormat.TURTLE)
        named = {q.object for q in quads if q.predicate.value in _NAMED}
        self._properties = [RDF_TYPE, *(term for term in named if isinstance(term, NamedNode))]

    def check(self, reader: GraphReader, graphs: tuple[str, ...]) -> Iterator[Checked]:
        """One result a violated constraint; one that passes where there is none."""
        counts: Counter[tuple[str, str]] = Counter()
        examples: dict[tuple[str, str], list[str]] = {}
        for graph in graphs:
            for severity, message, node in self._violations(reader, NamedNode(graph)):
                counts[severity, message] += 1
                shown = examples.setdefault((severity, message), [])
                if len(shown) < _SHOWN:
                    shown.append(shorten(node))
        if not counts:
            yield Checked(
                "prov-typing", Family.TYPING, "PROV's own typing holds", Verdict.PASS, 0, "", _TODO
            )
        for (severity, message), count in sorted(counts.items()):
            evidence = ", ".join(examples[severity, message])
            yield Checked(
                f"prov-{severity}", Family.TYPING, message, Verdict.FAIL, count, evidence, _TODO
            )

    def _violations(self, reader: GraphReader, graph: NamedNode) -> Iterator[tuple[str, str, str]]:
        import pyshacl
        from rdflib import RDF, Graph, Namespace

        data = Graph().parse(data=serialize(self._told(reader, graph), format=RdfFormat.N_TRIPLES))
        _conforms, report, _text = pyshacl.validate(
            data, shacl_graph=self._shapes, inference="none", advanced=False, allow_warnings=False
        )
        shacl = Namespace(_SH)
        assert isinstance(report, Graph)
        for result in report.subjects(RDF.type, shacl.ValidationResult):
            severity = str(report.value(result, shacl.resultSeverity)).removeprefix(_SH).lower()
            message = str(report.value(result, shacl.resultMessage))
            node = str(report.value(result, shacl.value) or report.value(result, shacl.focusNode))
            yield severity, message, node

    def _told(self, reader: GraphReader, graph: NamedNode) -> Iterator[Quad]:
        for predicate in self._properties:
            for quad in reader.quads(None, predicate, None, graph):
                yield Quad(quad.subject, quad.predicate, quad.object)
