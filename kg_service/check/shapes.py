"""PROV's own typing, checked by SHACL: ``ontologies/prov-shapes.ttl`` over an aligned graph.

The validator is pyshacl, which takes long: it judges one node of each sort
(``kg_service.check.signatures``), and all nodes of the sorts in which that one broke a shape.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, parse, serialize

from kg_service.check.model import Checked, Family, Verdict
from kg_service.check.signatures import Signatures
from kg_service.store.port import GraphReader
from kg_service.terms import shorten

_SH = "http://www.w3.org/ns/shacl#"
_NAMED = {_SH + "path", _SH + "targetSubjectsOf"}
_SHOWN = 3
_TODO = "correct the source, or the mapping that kg why names for the statement"


@dataclass(frozen=True)
class _Broken:
    focus: NamedNode
    severity: str
    message: str
    value: str


class Shapes:
    """The shapes, loaded once. What they say of a sort of nodes is kept from graph to graph."""

    def __init__(self, path: Path) -> None:
        # rdflib and pyshacl take longer to import than most commands take to run
        from rdflib import Graph

        self._shapes = Graph().parse(path, format="turtle")
        quads = parse(path=str(path), format=RdfFormat.TURTLE)
        named = {q.object for q in quads if q.predicate.value in _NAMED}
        properties = sorted(
            (term for term in named if isinstance(term, NamedNode)), key=lambda term: term.value
        )
        self._signatures = Signatures(properties)
        self._sound: dict[int, bool] = {}

    def check(self, reader: GraphReader, graphs: tuple[str, ...]) -> Iterator[Checked]:
        """One result a violated constraint; one that passes where there is none."""
        counts: Counter[tuple[str, str]] = Counter()
        examples: dict[tuple[str, str], list[str]] = {}
        for graph in graphs:
            for broken in self._violations(reader, NamedNode(graph)):
                counts[broken.severity, broken.message] += 1
                shown = examples.setdefault((broken.severity, broken.message), [])
                if len(shown) < _SHOWN:
                    shown.append(shorten(broken.value))
        if not counts:
            yield Checked(
                "prov-typing", Family.TYPING, "PROV's own typing holds", Verdict.PASS, 0, "", _TODO
            )
        for (severity, message), count in sorted(counts.items()):
            evidence = ", ".join(examples[severity, message])
            yield Checked(
                f"prov-{severity}", Family.TYPING, message, Verdict.FAIL, count, evidence, _TODO
            )

    def _violations(self, reader: GraphReader, graph: NamedNode) -> list[_Broken]:
        """The violations in one graph, ordered."""
        nodes = self._signatures.sorted_nodes(reader, graph)
        new = {sort: members[0] for sort, members in nodes.items() if sort not in self._sound}
        judged = self._validate(reader, graph, list(new.values()))
        broken = {violation.focus for violation in judged}
        self._sound.update((sort, node not in broken) for sort, node in new.items())
        suspects = [n for sort, found in nodes.items() if not self._sound[sort] for n in found]
        found = self._validate(reader, graph, suspects)
        return sorted(found, key=lambda b: (b.message, b.value, str(b.focus)))

    def _validate(
        self, reader: GraphReader, graph: NamedNode, nodes: Sequence[NamedNode]
    ) -> list[_Broken]:
        """What the validator says of some nodes of a graph."""
        if not nodes:
            return []
        import pyshacl
        from rdflib import RDF, Graph, Namespace

        told = self._signatures.statements(reader, graph, nodes)
        data = Graph().parse(data=serialize(told, format=RdfFormat.N_TRIPLES))
        _conforms, report, _text = pyshacl.validate(
            data, shacl_graph=self._shapes, inference="none", advanced=False, allow_warnings=False
        )
        shacl = Namespace(_SH)
        assert isinstance(report, Graph)
        asked = {node.value: node for node in nodes}
        found = []
        for result in report.subjects(RDF.type, shacl.ValidationResult):
            # of what the nodes lead to, only the types were told: it is judged as a node itself
            focus = asked.get(str(report.value(result, shacl.focusNode)))
            if focus is not None:
                severity = str(report.value(result, shacl.resultSeverity)).removeprefix(_SH).lower()
                message = str(report.value(result, shacl.resultMessage))
                value = report.value(result, shacl.value)
                found.append(_Broken(focus, severity, message, str(value or focus.value)))
        return found
