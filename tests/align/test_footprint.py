"""What rules read and require, from their text: a rule that is not run would have made nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import REPOSITORY

from ingest.discover import Found, discover
from ingest.findings import Findings
from kg_service.align.footprint import footprint
from kg_service.align.mapping import Grade, Rule
from kg_service.align.rules import made_by, rule_store
from kg_service.opening import load_alignment
from kg_service.store.statements import Statements

BASE = "http://things.test/"
TAKES_PART = "?a ex:used ?b ; ex:made ?c ."


def rule(where: str) -> Rule:
    text = f"PREFIX ex: <http://e/>\nCONSTRUCT {{ ?a ex:new ?b }} WHERE {{\n{where}\n}}"
    return Rule("http://rules.test/r", "", Grade.MAPPED, text, Path())


@pytest.mark.parametrize(
    ("where", "required"),
    [
        (TAKES_PART, {"used", "made"}),
        ("?a a ex:Kind . ?a ex:used ?b", {"used"}),
        ("ex:one ex:used ex:two . ?a ?p ex:used .", set()),
        ("?a ex:used|ex:made ?b", set()),
        ("?a (ex:used|ex:made)+ ?b", set()),
        ("?a ex:used* ?b ; ^ex:made ?c ; ex:used/ex:made ?d", set()),
        (f"OPTIONAL {{ {TAKES_PART} }}", set()),
        ("{ ?a ex:used ?b } UNION { ?a ex:made ?b }", set()),
        ("?a ex:used ?b . FILTER NOT EXISTS { ?a ex:made ?c }", {"used"}),
        ("?a ex:used ?b MINUS { ?a ex:made ?c }", {"used"}),
        ("VALUES ?x { ex:used ex:made } ex:it ex:used ?b .", set()),
        ('?a ex:name "x ex:used ?b" . # ?a ex:made ?b', {"name"}),
        ("{ SELECT (MIN(?x) AS ?b) WHERE { ?a ex:used ?x } } ?a ex:made ?b", {"made"}),
        ("?a <http://e/used> ?b . BIND (ex:used AS ?c)", set()),
    ],
)
def test_what_a_rule_requires_is_in_no_inner_group(where: str, required: set[str]) -> None:
    assert footprint(rule(where)).required == {f"http://e/{name}" for name in required}


def test_without_what_it_requires_a_shipped_rule_makes_nothing() -> None:
    """Each rule over each example's statements, once without each property that it requires."""
    alignment = load_alignment()
    tried = 0
    for found in discover(REPOSITORY / "examples"):
        if not isinstance(found, Found):
            continue
        told = Statements.of(found.read().triples(BASE, Findings()))
        for mapping in alignment.sets:
            for each in mapping.rules:
                for missing in footprint(each).required:
                    seen = alignment.seen_by_rules(told, [each])
                    rest = Statements()
                    rest.write([x for x in seen.lines() if f" <{missing}> ".encode() not in x])
                    with rule_store(rest) as store:
                        assert made_by(each, store) == [], f"{each.iri} does without {missing}"
                    tried += 1
    assert tried > 100
