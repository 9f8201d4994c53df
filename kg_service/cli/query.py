"""``kg query``: any SPARQL query, read only."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from pyoxigraph import RdfFormat

from kg_service.cli.console import StoreOption, out
from kg_service.cli.results import AnswerFormat, print_table
from kg_service.opening import open_reader
from kg_service.settings import Settings
from kg_service.tables import Table, evaluate


def query(
    sparql: Annotated[
        str, typer.Argument(metavar="QUERY", help="A SPARQL query; - reads it from standard input.")
    ],
    format_: Annotated[
        AnswerFormat, typer.Option("--format", help="How to print the rows of a SELECT.")
    ] = AnswerFormat.TABLE,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    store: StoreOption = None,
) -> None:
    """Run a SPARQL 1.1 query over all graphs.

    The default graph is the union of all graphs. The usual prefixes (kg, prov, schema, rdfs,
    dcterms, ...) are declared. CONSTRUCT and DESCRIBE print Turtle; ASK prints true or false.
    """
    text = sys.stdin.read() if sparql == "-" else sparql
    answer = evaluate(open_reader(Settings.from_environment(store)), text)
    if isinstance(answer, Table):
        print_table(answer, AnswerFormat.JSON if as_json else format_)
    elif isinstance(answer, bool):
        out.print("true" if answer else "false")
    else:
        answer.serialize(sys.stdout.buffer, format=RdfFormat.TURTLE)
