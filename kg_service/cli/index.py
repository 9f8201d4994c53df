"""``kg index``: the lineage index beside a store."""

from __future__ import annotations

import typer
from rich.table import Table

from kg_service.cli.console import JsonOption, StoreOption, out, print_json
from kg_service.index.verify import IndexStatus
from kg_service.index.verify import status as status_of
from kg_service.index.writer import IndexWriter
from kg_service.opening import index_folder, open_reader
from kg_service.settings import Settings

index = typer.Typer(
    help="The lineage index: kept by itself; look at it, check it, or make it anew.",
    no_args_is_help=True,
)


@index.command("status")
def status(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Print how large the index is, and whether it has all graphs of the store."""
    settings = Settings.from_environment(store)
    _print(status_of(index_folder(settings), open_reader(settings).frozen()), as_json)


@index.command("verify")
def verify(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Compare the index with the store, statement by statement, and its files' checksums.

    Exit code 1 where they differ; kg index rebuild puts that right.
    """
    settings = Settings.from_environment(store)
    told = status_of(index_folder(settings), open_reader(settings).frozen(), verify=True)
    _print(told, as_json)
    if not told.is_sound:
        raise typer.Exit(1)


@index.command("update")
def update(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Take in what the index lacks, such as what another machine wrote to a SPARQL server."""
    _write(store, as_json, rebuild=False)


@index.command("rebuild")
def rebuild(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Make the index anew from the store."""
    _write(store, as_json, rebuild=True)


def _write(store: str | None, as_json: bool, *, rebuild: bool) -> None:
    settings = Settings.from_environment(store)
    reader, folder = open_reader(settings).frozen(), index_folder(settings)
    writer = IndexWriter(folder, reader)
    try:
        if rebuild:
            writer.rebuild()
        else:
            writer.publish()
    finally:
        writer.close()
    _print(status_of(folder, reader), as_json)


def _print(told: IndexStatus, as_json: bool) -> None:
    if as_json:
        print_json(told.as_json())
        return
    table = Table(box=None, pad_edge=False, show_header=False)
    each = f" ({told.bytes_of_rows / told.rows:.1f} a statement)" if told.rows else ""
    for name, value in (
        ("graphs", f"{told.graphs}" + (f", {len(told.missing)} missing" if told.missing else "")),
        ("superseded", f"{told.superseded} graphs, removed when segments are merged"),
        ("nodes", f"{told.nodes:,}"),
        ("statements", f"{told.rows:,}"),
        ("bytes", f"{told.bytes:,}, of which adjacency {told.bytes_of_rows:,}{each}"),
        ("segments", f"{told.segments}"),
    ):
        table.add_row(name, value)
    out.print(table)
    for fault in told.faults:
        out.print(f"fault: {fault}")
    if told.faults or told.missing:
        out.print("kg index rebuild makes it anew" if told.faults else "kg index update adds them")
