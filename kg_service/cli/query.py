"""``kg query``: any SPARQL query, read only."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer
from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
)

from kg_service.cli.console import StoreOption, out
from kg_service.cli.results import AnswerFormat, print_table
from kg_service.errors import UsageError
from kg_service.opening import open_reader
from kg_service.settings import Settings
from kg_service.store.port import QueryResult
from kg_service.tables import Table


class Form(StrEnum):
    """``table`` for people; the others as SPARQL 1.1 and RDF write them."""

    TABLE = "table"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    XML = "xml"
    TURTLE = "turtle"
    NT = "nt"
    JSON_LD = "json-ld"
    RDF = "rdf"
    TRIG = "trig"
    NQ = "nq"
    N3 = "n3"


_SOLUTIONS = {
    Form.CSV: QueryResultsFormat.CSV,
    Form.TSV: QueryResultsFormat.TSV,
    Form.JSON: QueryResultsFormat.JSON,
    Form.XML: QueryResultsFormat.XML,
}
_GRAPHS = {
    Form.TABLE: RdfFormat.TURTLE,
    Form.TURTLE: RdfFormat.TURTLE,
    Form.NT: RdfFormat.N_TRIPLES,
    Form.JSON_LD: RdfFormat.JSON_LD,
    Form.JSON: RdfFormat.JSON_LD,
    Form.RDF: RdfFormat.RDF_XML,
    Form.XML: RdfFormat.RDF_XML,
    Form.TRIG: RdfFormat.TRIG,
    Form.NQ: RdfFormat.N_QUADS,
    Form.N3: RdfFormat.N3,
}


def query(
    sparql: Annotated[
        str, typer.Argument(metavar="QUERY", help="A SPARQL query; - reads it from standard input.")
    ],
    format_: Annotated[
        Form,
        typer.Option(
            "--format",
            help="How to print the answer: table, csv, tsv, json or xml for SELECT and ASK, "
            "the others for CONSTRUCT and DESCRIBE.",
        ),
    ] = Form.TABLE,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    store: StoreOption = None,
) -> None:
    """Run a SPARQL 1.1 query over all graphs.

    The default graph is the union of all graphs. The usual prefixes (kg, prov, schema, rdfs,
    dcterms, ...) are declared. CONSTRUCT and DESCRIBE print Turtle where no format is given, ASK
    prints true or false.
    """
    text = sys.stdin.read() if sparql == "-" else sparql
    result = open_reader(Settings.from_environment(store)).query(text)
    form = Form.JSON if as_json else format_
    if isinstance(result, (QuerySolutions, QueryBoolean)):
        _print_solutions(result, form)
    elif form in _GRAPHS:
        result.serialize(sys.stdout.buffer, format=_GRAPHS[form])
    else:
        raise _no_such_form(form, "a graph", list(_GRAPHS)[1:])


def _print_solutions(result: QueryResult, form: Form) -> None:
    if form not in (Form.TABLE, *_SOLUTIONS):
        raise _no_such_form(form, "a table", [Form.TABLE, *_SOLUTIONS])
    if isinstance(result, QuerySolutions):
        print_table(Table.of(result), AnswerFormat(form.value))
    elif form is Form.TABLE:
        out.print("true" if result else "false")
    else:
        assert isinstance(result, QueryBoolean)
        sys.stdout.buffer.write((result.serialize(format=_SOLUTIONS[form]) or b"") + b"\n")


def _no_such_form(form: Form, kind: str, forms: list[Form]) -> UsageError:
    return UsageError(
        f"--format {form.value} is not for {kind}, which this query answers; take one of "
        f"{', '.join(one.value for one in forms)}"
    )
