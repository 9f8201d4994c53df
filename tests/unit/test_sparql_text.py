import pytest

from kg_service.errors import Refused
from kg_service.store.sparql_text import query_form, refuse_calls_out


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
