"""How the questions' texts are written: by an independent parser, SPARQL's algebra of each.

What is refused here is what made questions wrong or slow: an OPTIONAL that joins everything, and
parts that have nothing to do with each other.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode
from rdflib import URIRef, Variable
from rdflib.plugins.sparql import prepareQuery

from kg_service.questions import Question, load_questions
from kg_service.questions.executables import runnable
from kg_service.questions.of_source import beginning_with_source
from kg_service.resources import resource_folder
from kg_service.store.embedded import OxigraphStore

QUESTIONS = load_questions(resource_folder("queries"))


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
    return expression in bound if _is_variable(expression) else isinstance(expression, URIRef)


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


def loose_ends(text: str) -> list[str]:
    """The OPTIONAL parts of a query that share nothing with what is bound before them."""
    found = []
    for part, _graph in parts(prepareQuery(text).algebra, set()):
        if part.name == "LeftJoin":
            before, after = certain(part.p1), certain(part.p2)
            # the graph alone would join all of it
            shared = before & after & said_of(part.p2)
            # one that an EXISTS before it makes certain
            of_the_catalogue = "kg:alignedGraph" in text and Variable("version") in after
            if not shared and not of_the_catalogue:
                found.append(f"OPTIONAL of {sorted(after)} after {sorted(before)}")
    return found


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_an_optional_begins_with_something_that_is_bound(question: Question) -> None:
    assert not loose_ends(question.text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?a <x:p> ?b OPTIONAL { ?b <x:q> ?c } OPTIONAL { ?c <x:r> ?d } }",
        "SELECT * { GRAPH ?g { ?a <x:p> ?b } OPTIONAL { GRAPH ?g { ?c <x:r> ?d } } }",
        "SELECT * { { ?a <x:p> ?b } UNION { ?a <x:q> ?c } OPTIONAL { ?b <x:r> ?d } }",
    ],
)
def test_one_that_does_not_is_seen(text: str) -> None:
    assert len(loose_ends(text)) == 1


OF_SOURCES = [q for q in QUESTIONS if any(p.name == "source" for p in q.parameters)]


@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize("question", OF_SOURCES, ids=lambda q: q.id)
def test_what_is_read_for_a_source_is_sparql_that_begins_with_it(
    question: Question, small: bool
) -> None:
    sources, id_ = [NamedNode("http://kg.test/a"), NamedNode("http://kg.test/b")], Literal('a "b"')
    text = beginning_with_source(question.text, id_, sources, small=small)
    assert not re.search(r"^ *#source:", text, re.MULTILINE)
    assert ("#small source:" in text) == ("#small source:" in question.text and not small)
    assert not loose_ends(text)
    assert list(OxigraphStore().query(text)) == []  # type: ignore[arg-type]
    begun = text.count(f"VALUES (?s ?source) {{ ({sources[0]} {id_}) ({sources[1]} {id_}) }} GRAPH")
    marked = "#(small )?source: " if small else "#source: "
    read = re.findall(rf"^ *{marked}GRAPH graph:catalogue", question.text, re.MULTILINE)
    assert begun >= len(read)
    # what must be given is rarer than a source
    assert begun or question.required


@pytest.mark.parametrize("question", [q for q in QUESTIONS if q.required], ids=lambda q: q.id)
def test_the_example_of_the_endpoint_runs_as_it_stands(question: Question) -> None:
    text = runnable(question, "http://kg.test")
    assert "#+" not in text
    for parameter in question.required:
        assert f"VALUES ?{parameter.name} {{ <http" in text
    assert list(OxigraphStore().query(text)) == []  # type: ignore[arg-type]
