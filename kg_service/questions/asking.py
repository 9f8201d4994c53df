"""Asking questions: values given as text become terms, the query is run, its rows are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice

from pyoxigraph import Literal, NamedNode, QuerySolutions

from ingest.iri import has_scheme, is_valid_reference
from kg_service.errors import NotKnown, UsageError
from kg_service.lineage.scope import source_with_id
from kg_service.questions.model import Parameter, ParameterType, Question
from kg_service.questions.of_source import SMALL, SMALL_SOURCE, beginning_with_source
from kg_service.rdf import object_node, object_of, subject_of
from kg_service.store.port import GraphReader, Term
from kg_service.tables import Table
from kg_service.terms import CATALOGUE, dcterms, kg

COUNTED = 100_000
_INTEGER = re.compile(r"[+-]?[0-9]+")


@dataclass(frozen=True)
class Page:
    """Some of the rows of an answer, from ``offset`` on, at most ``limit`` of them.

    ``total`` is None where there are more than ``COUNTED`` rows behind the page: that many are
    counted, as each takes a microsecond or so. ``more`` tells whether rows follow.
    """

    table: Table
    offset: int
    limit: int
    total: int | None
    more: bool


def question_named(questions: Iterable[Question], wanted: str) -> Question:
    """The question of this id. Raises NotKnown, with the ids that are near."""
    by_id = {question.id: question for question in questions}
    if wanted in by_id:
        return by_id[wanted]
    near = get_close_matches(wanted.lower(), by_id, n=3, cutoff=0.4)
    hint = f"did you mean {', '.join(near)}?" if near else f"there are {', '.join(by_id)}"
    raise NotKnown(f"no question is called {wanted!r}; {hint}")


def ask(
    reader: GraphReader,
    question: Question,
    given: Mapping[str, str],
    resolve: Callable[[str], NamedNode] | None = None,
) -> Table:
    """The answer to a question, for the parameters given as text.

    With ``resolve``, an ``iri`` may also be written as a persistent identifier or a name.
    Raises UsageError for a parameter that is unknown, invalid or missing, what ``resolve``
    raises, and StoreError.
    """
    bound = terms_of(question, given, resolve)
    return Table.of(_solutions(reader, question, bound))


def ask_page(
    reader: GraphReader,
    question: Question,
    given: Mapping[str, str],
    resolve: Callable[[str], NamedNode] | None = None,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> Page:
    """A page of the answer to a question; ``limit`` is the question's own where none is given.

    Every question orders its rows by something unique, so that pages of one state of the store
    fit together. Raises UsageError for a place before the first row or a page without rows, and
    what ``ask`` raises.
    """
    limit = question.page if limit is None else limit
    if offset < 0 or limit < 1:
        raise UsageError("a page has at least one row, and begins at row 0 or later")
    bound = terms_of(question, given, resolve)
    solutions = _solutions(reader, question, bound)
    columns = tuple(variable.value for variable in solutions.variables)
    before = sum(1 for _ in islice(solutions, offset))
    rows = tuple(tuple(solution) for solution in islice(solutions, limit))
    behind = sum(1 for _ in islice(solutions, COUNTED + 1))
    total = before + len(rows) + behind if behind <= COUNTED else None
    return Page(Table(columns, rows), offset, limit, total, more=behind > 0)


def _solutions(
    reader: GraphReader, question: Question, bound: Mapping[str, Term]
) -> QuerySolutions:
    """The one place where questions are evaluated."""
    text = question.text
    if isinstance(source := bound.get("source"), Literal):
        sources = _sources(reader, source)
        small = SMALL_SOURCE in text and _are_small(reader, sources)
        text = beginning_with_source(text, source, sources, small=small)
    answer = reader.query(text, bound)
    assert isinstance(answer, QuerySolutions), f"{question.id} is no SELECT query"
    return answer


def _sources(reader: GraphReader, id_: Literal) -> Sequence[NamedNode]:
    """What the catalogue says is of this id.

    Raises NotKnown where nothing ever was, rather than answer nothing.
    """
    found = [subject_of(q) for q in reader.quads(None, dcterms("identifier"), id_, CATALOGUE)]
    if not found:
        source_with_id(reader, id_.value)
    return found


def _are_small(reader: GraphReader, sources: Sequence[NamedNode]) -> bool:
    """Whether the sources have few aligned statements, in their current versions."""
    aligned = 0
    for source in sources:
        for version in reader.quads(source, kg("currentVersion"), None, CATALOGUE):
            for told in reader.quads(object_node(version), kg("alignedTriples"), None, CATALOGUE):
                aligned += int(object_of(told).value)
    return aligned <= SMALL


def terms_of(
    question: Question,
    given: Mapping[str, str],
    resolve: Callable[[str], NamedNode] | None = None,
) -> dict[str, Term]:
    """The terms that a question's variables are bound to: see ``ask``."""
    known = {parameter.name: parameter for parameter in question.parameters}
    for name in given:
        if name not in known:
            there = f"it has {', '.join(known)}" if known else "it has none"
            raise UsageError(f"{question.id} has no parameter {name!r}; {there}")
    bound: dict[str, Term] = {}
    for name, parameter in known.items():
        text = given.get(name, parameter.default)
        if text is not None:
            bound[name] = _term(question, parameter, text, resolve)
        elif parameter.required:
            raise UsageError(
                f"{question.id} needs the parameter {name} ({parameter.type}): "
                f"{parameter.description}"
            )
    return bound


def _term(
    question: Question,
    parameter: Parameter,
    text: str,
    resolve: Callable[[str], NamedNode] | None,
) -> Term:
    if parameter.values and text not in parameter.values:
        raise UsageError(
            f"{question.id}: {parameter.name} must be one of {', '.join(parameter.values)}, "
            f"not {text!r}"
        )
    if parameter.type is ParameterType.STRING:
        return Literal(text)
    if parameter.type is ParameterType.INTEGER:
        if _INTEGER.fullmatch(text.strip()):
            return Literal(int(text))
        raise UsageError(f"{question.id}: {parameter.name} must be a whole number, not {text!r}")
    if resolve is not None:
        return resolve(text)
    if has_scheme(text) and is_valid_reference(text):
        return NamedNode(text)
    raise UsageError(f"{question.id}: {parameter.name} must be an absolute IRI, not {text!r}")
