"""``kg status``: how the store is."""

from __future__ import annotations

import typer
from rich.table import Table

from kg_service.cli.console import JsonOption, MappingsOption, StoreOption, out, print_json
from kg_service.opening import load_alignment
from kg_service.operations.status import Status
from kg_service.operations.status import status as status_of
from kg_service.settings import Settings


def status(
    store: StoreOption = None, mappings: MappingsOption = None, as_json: JsonOption = False
) -> None:
    """Tell what the store holds, what is kept beside it, and whether something is amiss.

    Exit code 1 where something is: each is told with what to do.
    """
    settings = Settings.from_environment(store, None, mappings or ())
    told = status_of(settings, load_alignment(settings.mappings))
    if as_json:
        print_json(told.as_json())
    else:
        _print(told)
    if told.problems:
        raise typer.Exit(1)


def _print(told: Status) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    for name, value in (
        ("store", f"{told.store} ({told.engine})"),
        ("base", told.base),
        ("state", told.generation or "none yet"),
        (
            "sources",
            f"{told.sources}" + (f", {told.withdrawn} withdrawn" if told.withdrawn else ""),
        ),
        ("statements", f"{told.quads:,}"),
        ("bytes", "the server's own" if told.bytes is None else f"{told.bytes:,}"),
        *((name, f"{size:,} bytes") for name, size in told.parts.items()),
        ("older versions", f"{told.history_versions} kept"),
        ("searches", "by their file" if told.searches else "read the store, slower"),
        ("writing", told.writer or "nobody"),
        ("mapping sets", f"{told.mapping_sets}, stale for {len(told.stale)} sources"),
        ("versions", ", ".join(f"{name} {number}" for name, number in told.versions.items())),
    ):
        table.add_row(name, value)
    out.print(table)
    for problem in told.problems:
        out.print(f"problem: {problem}")
