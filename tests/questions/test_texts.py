"""How the questions' texts are written: by an independent parser, SPARQL's algebra of each.

What is refused here is what made questions wrong or slow: an OPTIONAL that joins everything, and
parts that have nothing to do with each other.
"""

from __future__ import annotations

from typing import Any

import pytest
from rdflib import Variable
from rdflib.plugins.sparql import prepareQuery

from kg_service.questions import Question, load_questions
from kg_service.questions.executables import runnable
from kg_service.resources import resource_folder
from kg_service.store.embedded import OxigraphStore

QUESTIONS = load_questions(resource_folder("queries"))


def algebra(question: Question) -> Any:
    """As grlc and other tools parse it: with no prefixes but its own."""
    return prepareQuery(question.text).algebra


def certain(part: Any) -> set[Variable]:
    """The variables that every solution of a part binds."""
    match part.name:
        case "BGP":
            return {term for triple in part.triples for term in triple if _is_variable(term)}
        case "LeftJoin" | "Minus":
            return certain(part.p1)
        case "Join":
            return certain(part.p1) | certain(part.p2)
        case "Union":
            return certain(part.p1) & certain(part.p2)
        case "Graph":
            return certain(part.p) | ({part.term} if _is_variable(part.term) else set())
        case "Extend":
            bound = certain(part.p)
            return bound | ({part.var} if _has_value(part.expr, bound) else set())
        case "Project":
            inner = part.p
            grouped = any(one.name == "AggregateJoin" for one, _ in parts(inner, set()))
            return set(part.PV) if grouped else certain(inner) & set(part.PV)
        case "values":
            found = set(part.res[0]) if part.res else set()
            return {v for v in found if all(_bound(row, v) for row in part.res)}
        case _:
            return certain(part.p) if "p" in part else set()


def _has_value(expression: Any, bound: set[Variable]) -> bool:
    """Whether an expression has a value where some variables have."""
    match getattr(expression, "name", ""):
        case "Builtin_COALESCE":
            return any(_has_value(one, bound) for one in expression.arg)
        case "Builtin_STR":
            return _has_value(expression.arg, bound)
        case "Builtin_STRAFTER":
            return _has_value(expression.arg1, bound)
    return _is_variable(expression) and expression in bound


def _is_variable(term: Any) -> bool:
    return isinstance(term, Variable)


def _bound(row: Any, variable: Variable) -> bool:
    return variable in row and str(row[variable]) != "UNDEF"


def parts(part: Any, graph: set[Variable]) -> Any:
    """All parts of an algebra, each with the variable of the graph that it is in."""
    yield part, graph
    inner = graph
    if part.name == "Graph" and _is_variable(part.term):
        inner = graph | {part.term}
    for key in ("p", "p1", "p2"):
        if key in part and hasattr(part[key], "name"):
            yield from parts(part[key], inner)


def said_of(part: Any) -> set[Variable]:
    """The variables of a part's statements and of its tables, and not of its graphs only."""
    found: set[Variable] = set()
    for inner, _ in parts(part, set()):
        if inner.name in ("BGP", "Project", "values"):
            found |= certain(inner)
    return found


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_an_optional_begins_with_something_that_is_bound(question: Question) -> None:
    for part, _graph in parts(algebra(question), set()):
        if part.name == "LeftJoin":
            before, after = certain(part.p1), certain(part.p2)
            # the graph alone would join all of it
            shared = before & after & said_of(part.p2)
            of_the_catalogue = "kg:alignedGraph" in question.text and Variable("version") in after
            assert shared or of_the_catalogue, f"OPTIONAL of {sorted(after)} after {sorted(before)}"


@pytest.mark.parametrize("question", [q for q in QUESTIONS if q.required], ids=lambda q: q.id)
def test_the_example_of_the_endpoint_runs_as_it_stands(question: Question) -> None:
    text = runnable(question, "http://kg.test")
    assert "#+" not in text
    for parameter in question.required:
        assert f"VALUES ?{parameter.name} {{ <http" in text
    assert list(OxigraphStore().query(text)) == []  # type: ignore[arg-type]
