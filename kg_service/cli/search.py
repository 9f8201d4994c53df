"""``kg search``: things by their words."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from kg_service.cli.console import JsonOption, StoreOption, out, print_json
from kg_service.errors import UsageError
from kg_service.opening import open_graph
from kg_service.search.held import Wanted
from kg_service.settings import Settings


def search(
    text: Annotated[
        list[str],
        typer.Argument(metavar="TEXT", help="Words, or the beginnings of words."),
    ],
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--kind", metavar="KIND", help="Only things of this kind, such as Sample; repeatable."
        ),
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option("--source", metavar="ID", help="Only things of this source; repeatable."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 20,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find things by words of their names, identifiers and descriptions, the best match first.

    All words must be there; case and accents do not matter.
    """
    words = " ".join(text)
    if not words.strip():
        raise UsageError("give a word to search for")
    graph = open_graph(Settings.from_environment(store)).frozen()
    wanted = Wanted(words, frozenset(kind or ()), graph.source_ids(source or ()))
    found = graph.found()
    page = found.page(wanted, limit)
    total = found.count(wanted) if page.more else len(page.things)
    if as_json:
        print_json({"total": total, "things": [thing.as_json() for thing in page.things]})
        return
    table = Table("kind", "name", "identifiers", "sources", "id", box=None, pad_edge=False)
    for thing in page.things:
        sources = ", ".join(record.id for record in thing.sources)
        table.add_row(thing.kind, thing.label, ", ".join(thing.identifiers), sources, thing.iri)
    if page.things:
        out.print(table)
    out.print(f"{len(page.things)} of {total}" if page.more else f"{total} found")
