from contextlib import suppress

import pytest

from kg_service.errors import Refused
from kg_service.store.sparql_text import query_form, refuse_calls_out, refuse_loading


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }",
        "select * { service silent ?x { ?s ?p ?o } }",
        "PREFIX a: <http://x#> SELECT * { ?s ?p 'SERVICE' . SeRvIcE a:b { } }",
        "LOAD <http://x/>",
        "PREFIX a: <b> INSERT DATA { a:a a:b a:c }",
        "DROP ALL",
    ],
)
def test_calling_out_and_changing_are_refused(query: str) -> None:
    with pytest.raises(Refused):
        refuse_calls_out(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?service { ?service a <http://x/SERVICE> }",
        "SELECT * { ?s ?p 'SERVICE <x> {}' }",
        'SELECT * { ?s ?p """a SERVICE\n" b""" } # SERVICE',
        "PREFIX service: <http://x#> SELECT * { ?s service:service service:SERVICE }",
        "SELECT * { ?s <http://x#SERVICE> 1 }",
        "SELECT * { ?s ?p 'it\\'s SERVICE' }",
    ],
)
def test_the_word_elsewhere_is_not(query: str) -> None:
    refuse_calls_out(query)


def test_the_form_of_a_query() -> None:
    assert query_form("PREFIX select: <x> ASK { ?s ?p 'CONSTRUCT' }") == "ASK"
    assert query_form("# SELECT\nCONSTRUCT { } WHERE { }") == "CONSTRUCT"
    assert query_form("nonsense") is None


# each of these a parser takes as a SERVICE clause, however it looks to one who reads tokens
@pytest.mark.parametrize(
    "pattern",
    [
        "?s ?p trueSERVICE <http://x/> {}",
        "?s ?p 1e0SERVICE <http://x/> {}",
        "?s ?p 1.SERVICE<http://x/>{}",
        "SERVICEex:a{}",
        "SERVICE:{}",
        "SERVICESILENTex:a{}",
        "SERVICE#\n#\r SILENT # x\n ?x # {\n {}",
        "FILTER(1<2)SERVICE?x#>\n{}",
        "FILTER(1<2)#>'''\n SERVICE <http://x/> {} #'''\n",
        "?s ?p ex:a\\' . SERVICE <http://x/> {} #'\n",
        "?s ex:a\\# ?o SERVICE <http://x/> {}",
        "?s ex:a\u00b7\\# ?o SERVICE <http://x/> {}",
        "?s ?p <http://x/\\u0041'> SERVICE <http://x/> {} #'\n",
        "VALUES ?x {'''a'} SERVICE <http://x/> {} #'\n",
        f"SERVICE ex:{'x' * 5000}{{}}",
        f"SERVICE ?{'x' * 5000}{{}}",
        f"SERVICE{'x' * 5000}:y{{}}",
        "SERVICE a\u1680b:c{}",
    ],
)
def test_no_way_of_writing_walks_round_the_refusal(pattern: str) -> None:
    with pytest.raises(Refused):
        refuse_calls_out(f"PREFIX ex: <http://e/> SELECT * {{ {pattern} }}")


@pytest.mark.parametrize("word", ["LOAD <http://x/>", "loadex:a", ";LOAD SILENT <x>", "}LOAD<x>"])
def test_loading_is_refused(word: str) -> None:
    with pytest.raises(Refused):
        refuse_loading(f"PREFIX ex: <http://e/> INSERT DATA {{}} {word}")


@pytest.mark.parametrize(
    "update",
    [
        "PREFIX payload: <x> INSERT DATA { payload:load payload:LOAD 'LOAD <x>' } # LOAD <x>",
        "INSERT DATA { <http://x/LOAD> <http://x/load> '''LOAD <x>''' }",
    ],
)
def test_the_word_load_elsewhere_is_not(update: str) -> None:
    refuse_loading(update)


@pytest.mark.parametrize(
    "text",
    [
        "'\\'" * 300_000,
        "'''\n\\" * 300_000,
        "%" * 1_000_000,
        "a." * 500_000,
        "SERVICE#" * 100_000,
        "SERVICE" * 100_000,
        "SERVICE#\n" * 100_000,
        "SERVICE<" * 100_000,
        "\"'\n" * 300_000,
        "SERVICE " + " " * 1_000_000 + "{",
    ],
)
def test_texts_are_read_in_one_pass(text: str) -> None:
    """A reading that takes time by the square of the length would not end within hours."""
    with suppress(Refused):
        refuse_calls_out(text)
    assert query_form(text) is None
