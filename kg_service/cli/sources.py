"""``kg sources``: what is in the store."""

from __future__ import annotations

from rich.table import Table

from kg_service.catalogue import Catalogue
from kg_service.cli.console import JsonOption, StoreOption, out, print_json
from kg_service.opening import open_reader
from kg_service.plain import source_json
from kg_service.settings import Settings


def sources(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the sources that were ingested, in their current versions."""
    records = Catalogue(open_reader(Settings.from_environment(store))).sources()
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
