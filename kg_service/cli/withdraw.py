"""``kg withdraw``: taking a source out, with a tombstone in its place."""

from __future__ import annotations

from typing import Annotated

import typer

from kg_service.access.audit import audited
from kg_service.cli.console import BaseOption, JsonOption, StoreOption, out, print_json
from kg_service.opening import base_of, open_writer
from kg_service.settings import Settings
from kg_service.withdraw import withdraw as withdraw_source


def withdraw(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="The id of the source.")],
    because: Annotated[
        str, typer.Option("--because", metavar="TEXT", help="Why; it is kept and shown.")
    ],
    who: Annotated[
        str | None,
        typer.Option("--who", metavar="ORCID", help="Who decides. Default: the account's name."),
    ] = None,
    store: StoreOption = None,
    base: BaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove what a source says. That it was there, and why it went, stays in the catalogue.

    Ingesting it again brings it back.
    """
    settings = Settings.from_environment(store, base)
    target = open_writer(settings)
    try:
        with audited(settings, "withdraw", [source]) as entry:
            stone = withdraw_source(target, base_of(settings), source, because, who)
            entry.detail = because
            target.publish()
    finally:
        target.close()
    if as_json:
        print_json(stone.as_json())
    else:
        out.print(str(stone))
