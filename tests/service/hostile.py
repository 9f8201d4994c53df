"""Queries that ask for far too much, each in its own way."""

from __future__ import annotations

from collections.abc import Iterator

P = "http://example.org/p"
CATASTROPHIC = "(a+)+$"
LONG_A = "a" * 40 + "!"


def hostile(rounds: int) -> Iterator[str]:
    """Twenty kinds of them, each as often as asked for and never twice the same."""
    for n in range(rounds):
        yield f"SELECT (COUNT(*) AS ?n{n}) WHERE {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }}"
        yield f"SELECT * WHERE {{ ?a{n} ?b ?c . ?d ?e ?f . ?g ?h ?i }}"
        yield f"SELECT DISTINCT ?c ?f ?i WHERE {{ ?a{n} ?b ?c . ?d ?e ?f . ?g ?h ?i }}"
        yield f"SELECT * WHERE {{ ?a ?b ?c . ?d ?e{n} ?f }} ORDER BY ?f ?c DESC(?a)"
        yield (f"SELECT (GROUP_CONCAT(CONCAT(?c, ?f)) AS ?x{n}) WHERE {{ ?a ?b ?c . ?d ?e ?f }}")
        yield f"ASK {{ ?x{n} (<{P}>|!<{P}>)* ?y . ?y (^<{P}>|!<{P}>)* ?z . FILTER(?z = 1) }}"
        yield f"SELECT * WHERE {{ ?x{n} ((!<a:b>)*/(^!<a:b>)*)* ?y }}"
        yield f"SELECT (COUNT(*) AS ?n) WHERE {{ ?a ?b{n} ?c . ?d ?e ?f FILTER(REGEX(?c, ?f)) }}"
        yield (
            f"SELECT (COUNT(*) AS ?n) WHERE {{ ?a ?b{n} ?c . ?d ?e ?f "
            f"FILTER(REGEX(CONCAT(STR(?c), STR(?f), '{LONG_A}'), '{CATASTROPHIC}')) }}"
        )
        yield f"ASK {{ FILTER(REGEX('x', '(((((a{{1,1000}}){{1,1000}}){{1,{n + 1}000}}))))')) }}"
        values = " ".join(f"VALUES ?v{i} {{ {' '.join(map(str, range(300)))} }}" for i in range(9))
        yield f"SELECT (SUM(?v0) AS ?n{n}) WHERE {{ {values} }}"
        yield f"SELECT * WHERE {{ VALUES ?x{n} {{ {'1 ' * 400_000} }} }}"
        yield f"SELECT * WHERE {{ {'{' * (20_000 + n)} {'}' * (20_000 + n)} }}"
        yield f"ASK {{ FILTER({'(' * (30_000 + n)}1{')' * (30_000 + n)}) }}"
        yield f"ASK {{ FILTER({'!' * (90_000 + n)}true) }}"
        yield f"SELECT * {' '.join(f'FROM <{P}/{n}/{i}>' for i in range(9_000))} {{ ?a ?b ?c }}"
        doubled = " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(40))
        yield f"SELECT (STRLEN(?x40) AS ?n{n}) WHERE {{ BIND('0123456789' AS ?x0) {doubled} }}"
        optional = "OPTIONAL { ?a ?b ?c ".join(["", *[""] * 200]) + "} " * 200
        yield f"SELECT * WHERE {{ ?s{n} ?p ?o . {optional} }}"
        yield f"SELECT * WHERE {{ SERVICE <http://127.0.0.1:1/{n}> {{ ?s ?p ?o }} }}"
        yield f"SELECT ?s{n} WHERE {{ ?s ?p '{'%' * 500_000}' ?o"
