"""Which questions a source can answer: those all of whose needs it tells.

A need is looked for in the source's own graphs, so that an answer that only another source
makes possible does not count. A question that can be answered may still have no rows: its
``empty`` says what that means.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pyoxigraph import NamedNode

from kg_service.catalogue import SourceRecord
from kg_service.questions.model import Need, Pattern, Question, Where
from kg_service.rdf import node_object, solutions_of
from kg_service.store.port import GraphReader, Term
from kg_service.terms import CATALOGUE, PREFIXES, RDF_TYPE, kg, prov


@dataclass(frozen=True)
class Answerable:
    """A question, and what a source lacks to answer it."""

    question: Question
    missing: tuple[Need, ...]

    def as_json(self) -> dict[str, Any]:
        """As plain data; keys are stable."""
        return {
            "id": self.question.id,
            "summary": self.question.summary,
            "family": self.question.family.value,
            "answerable": not self.missing,
            "missing": [str(need) for need in self.missing],
        }


def answerable(
    reader: GraphReader, questions: Iterable[Question], source: SourceRecord
) -> list[Answerable]:
    """Each question, with what the source lacks to answer it; nothing where it can.

    Takes a look or two into an index for each need. A class and a property that a graph has both,
    but never together, take one pass over the things of the class.
    """
    told = _Told(reader, source)
    return [
        Answerable(question, tuple(need for need in question.needs if not told.has(need)))
        for question in questions
    ]


class _Told:
    """What the current version of a source tells."""

    def __init__(self, reader: GraphReader, source: SourceRecord) -> None:
        self._reader = reader
        self._source = source
        self._graphs = {
            Where.ALIGNED: [NamedNode(name) for name in source.aligned_graphs],
            Where.IDENTITY: [NamedNode(source.identity_graph)] if source.identity_graph else [],
        }
        self._found: dict[Pattern, bool] = {}

    def has(self, need: Need) -> bool:
        return any(self._has(pattern) for pattern in need.any_of)

    def _has(self, pattern: Pattern) -> bool:
        if pattern not in self._found:
            if pattern.where is Where.CATALOGUE:
                self._found[pattern] = self._in_catalogue(pattern)
            else:
                graphs = self._graphs[pattern.where]
                self._found[pattern] = any(self._in_graph(pattern, graph) for graph in graphs)
        return self._found[pattern]

    def _in_graph(self, pattern: Pattern, graph: NamedNode) -> bool:
        subject, predicate, object_ = map(
            _node, (pattern.subject, pattern.predicate, pattern.object)
        )
        if predicate is None:
            return self._stands(RDF_TYPE, subject, graph)
        if not self._stands(predicate, None, graph):
            return False
        if subject is not None and not self._stands(RDF_TYPE, subject, graph):
            return False
        if object_ is None:
            if subject is None:
                return True
            return self._asked("subject", graph=graph, property=predicate, **{"class": subject})
        if subject is None:
            return self._stands(predicate, object_, graph) or self._asked(
                "object", graph=graph, property=predicate, value=object_
            )
        return self._asked(
            "both", graph=graph, property=predicate, value=object_, **{"class": subject}
        )

    def _in_catalogue(self, pattern: Pattern) -> bool:
        """Whether the record of the source, its version or the ingest of that has a property."""
        predicate = _node(pattern.predicate)
        source = NamedNode(self._source.iri)
        about = [source, *self._led_to(source, kg("currentVersion"))]
        about += [node for one in about[1:] for node in self._led_to(one, prov("wasGeneratedBy"))]
        return any(
            next(self._reader.quads(node, predicate, None, CATALOGUE), None) for node in about
        )

    def _led_to(self, node: NamedNode, predicate: NamedNode) -> list[NamedNode]:
        quads = self._reader.quads(node, predicate, None, CATALOGUE)
        return [led_to for quad in quads if (led_to := node_object(quad)) is not None]

    def _stands(self, predicate: NamedNode, object_: NamedNode | None, graph: NamedNode) -> bool:
        return next(self._reader.quads(None, predicate, object_, graph), None) is not None

    def _asked(self, what: str, **bindings: Term) -> bool:
        return next(solutions_of(self._reader.query(_query(what), bindings)), None) is not None


@cache
def _query(what: str) -> str:
    folder = files("kg_service.questions")
    return folder.joinpath(f"need_of_{what}.rq").read_text(encoding="utf-8")


def _node(name: str | None) -> NamedNode | None:
    if name is None:
        return None
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def by_question(found: Iterable[Answerable]) -> Mapping[str, Answerable]:
    """What was found, by the questions' ids."""
    return {one.question.id: one for one in found}
