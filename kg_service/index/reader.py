"""A store whose statements on lineage are read from the index: see ``GraphReader``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property

from pyoxigraph import NamedNode, Quad

from kg_service.catalogue import ask_catalogue
from kg_service.identity.evidence import Evidence
from kg_service.index.relations import PREDICATES, Relation
from kg_service.index.segment import BACK, FORTH
from kg_service.index.view import IndexView
from kg_service.store.port import NO_BINDINGS, GraphReader, QueryResult, Term
from kg_service.terms import DECISIONS, OWL_DIFFERENT_FROM

_FORTH = {relation: name for name, relations in FORTH.items() for relation in relations}
_BACK = {relation: name for name, relations in BACK.items() for relation in relations}
_DECIDED = Evidence.DECISION.property


class IndexedReader:
    """Reads one state of a store; what the index has of it, from there."""

    def __init__(self, store: GraphReader, view: IndexView) -> None:
        self._store = store
        self._view = view

    def frozen(self) -> IndexedReader:
        return self

    def query(self, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> QueryResult:
        return self._store.query(sparql, bindings)

    def ask_catalogue(self, sparql: str, bindings: Mapping[str, Term] = NO_BINDINGS) -> QueryResult:
        return ask_catalogue(self._store, sparql, bindings)

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
        graph: NamedNode | None = None,
    ) -> Iterator[Quad]:
        if predicate is not None and (subject is not None or object_ is not None):
            relation = PREDICATES.get(predicate)
            if relation is not None and graph is None:
                return self._indexed(subject, predicate, relation, object_)
            if predicate == _DECIDED or (predicate == OWL_DIFFERENT_FROM and graph == DECISIONS):
                return self._of_stewards(subject, predicate, object_, graph)
        return self._store.quads(subject, predicate, object_, graph)

    def _indexed(
        self,
        subject: NamedNode | None,
        predicate: NamedNode,
        relation: Relation,
        object_: Term | None,
    ) -> Iterator[Quad]:
        view = self._view
        known = subject if subject is not None else object_
        number = view.number_of(known) if isinstance(known, NamedNode) else None
        if number is None:
            return
        name = _FORTH[relation] if subject is not None else _BACK[relation]
        for other, graph in view.rows(name, number, relation):
            node = view.node(other)
            if subject is None:
                assert object_ is not None
                yield Quad(node, predicate, object_, view.graph(graph))
            elif object_ is None or node == object_:
                yield Quad(subject, predicate, node, view.graph(graph))

    def _of_stewards(
        self,
        subject: NamedNode | None,
        predicate: NamedNode,
        object_: Term | None,
        graph: NamedNode | None,
    ) -> Iterator[Quad]:
        """Decisions are few, and asked for with every thing that has a key."""
        if graph is not None and graph != DECISIONS:
            return
        by_subject, by_object = self._decisions[predicate]
        found = by_subject.get(subject, ()) if subject is not None else by_object.get(object_, ())
        for quad in found:
            if object_ is None or quad.object == object_:
                yield quad

    @cached_property
    def _decisions(
        self,
    ) -> dict[NamedNode, tuple[dict[object, list[Quad]], dict[object, list[Quad]]]]:
        read = {}
        for predicate in (_DECIDED, OWL_DIFFERENT_FROM):
            by_subject: dict[object, list[Quad]] = defaultdict(list)
            by_object: dict[object, list[Quad]] = defaultdict(list)
            for quad in self._store.quads(None, predicate, None, DECISIONS):
                by_subject[quad.subject].append(quad)
                by_object[quad.object].append(quad)
            read[predicate] = by_subject, by_object
        return read

    @property
    def decided(self) -> Iterator[NamedNode]:
        """The things that a steward has confirmed to be the same as another."""
        by_subject, _ = self._decisions[_DECIDED]
        return (node for node in by_subject if isinstance(node, NamedNode))
