"""``kg sources``: what is in the store."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from kg_service.catalogue import Catalogue
from kg_service.cli.console import JsonOption, StoreOption, out, print_json
from kg_service.opening import open_reader
from kg_service.plain import source_json
from kg_service.settings import Settings
from kg_service.tombstones import Tombstone, tombstones


def sources(
    withdrawn: Annotated[
        bool, typer.Option("--withdrawn", help="Instead, the sources that were withdrawn, and why.")
    ] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the sources that were ingested, in their current versions."""
    reader = open_reader(Settings.from_environment(store)).frozen()
    if withdrawn:
        _print_withdrawn(tombstones(reader), as_json)
        return
    records = Catalogue(reader).sources()
    if as_json:
        print_json([source_json(record) for record in records])
        return
    table = Table(box=None, pad_edge=False)
    for name in ("SOURCE", "FORMAT", "VERSION", "ASSERTED", "ALIGNED", "LOST", "TITLE"):
        table.add_column(
            name, justify="right" if name in ("ASSERTED", "ALIGNED", "LOST") else "left"
        )
    for r in records:
        table.add_row(
            r.id, r.format, r.version[:12], str(r.asserted), str(r.aligned), str(r.losses),
            r.title or "",
        )  # fmt: skip
    out.print(table)
    out.print(f"{len(records)} source{'' if len(records) == 1 else 's'}")


def _print_withdrawn(stones: list[Tombstone], as_json: bool) -> None:
    if as_json:
        print_json([stone.as_json() for stone in stones])
        return
    for stone in stones:
        out.print(str(stone))
    out.print(f"{len(stones)} withdrawn")
