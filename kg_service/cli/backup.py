"""``kg backup``, ``kg restore`` and ``kg dump``."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated, cast

import typer
from pyoxigraph import NamedNode

from kg_service.access.audit import AuditLog, Entry, operator
from kg_service.access.settings import AccessSettings
from kg_service.catalogue import Catalogue
from kg_service.cli.console import BaseOption, JsonOption, StoreOption, err, out, print_json
from kg_service.errors import NotKnown, StoreError, UsageError
from kg_service.opening import open_reader
from kg_service.operations.backup import backup as make_backup
from kg_service.operations.dump import dump as lines_of
from kg_service.operations.dump import graphs_in
from kg_service.operations.restore import restore as make_from
from kg_service.settings import Settings
from kg_service.store.address import shown
from kg_service.store.port import GraphReader


def backup(
    target: Annotated[
        Path, typer.Argument(metavar="DIR|FILE.tar", help="A new folder, or a new .tar file.")
    ],
    secrets: Annotated[
        bool, typer.Option("--with-keys", help="Save files that hold secrets, such as keys, too.")
    ] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Save the whole graph, its history and its index, while it is read and written.

    What is saved is one state, with a checksum for each file and a count for each graph.
    """
    told = make_backup(Settings.from_environment(store), target, secrets=secrets)
    if as_json:
        print_json({"made": told.made, "sources": len(told.sources), "quads": told.quads,
                    "parts": list(told.parts), "target": str(target)})  # fmt: skip
        return
    beside = ", ".join(told.parts) or "nothing"
    out.print(f"{target}: {len(told.sources)} sources, {told.quads:,} statements; beside: {beside}")
    if not secrets:
        err.print("API keys and other secrets are left out; --with-keys saves them too")


def restore(
    source: Annotated[Path, typer.Argument(metavar="DIR|FILE.tar", help="What kg backup made.")],
    store: StoreOption = None,
    base: BaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a store from a backup, where there is none yet, and compare it with the backup.

    Every checksum, every graph's count, every source's version and the index are checked. A
    backup of one kind of store restores into any other.
    """
    settings = Settings.from_environment(store, base)
    told = make_from(settings, source)
    # afterwards, as the log that was saved is part of what is restored
    log = AuditLog(AccessSettings.from_environment(settings).audit)
    log.write(Entry(operator(), "restore", "cli", [str(source)]))
    if as_json:
        print_json({"store": shown(settings.store), "made": told.made, "base": told.base,
                    "sources": len(told.sources), "quads": told.quads})  # fmt: skip
        return
    out.print(
        f"{shown(settings.store)}: {len(told.sources)} sources, {told.quads:,} statements, as "
        f"they were at {told.made}; checked"
    )
    if "keys" not in told.parts:
        err.print("there are no API keys in this backup: make new ones with kg keys create")


def dump(
    target: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="A new file; .gz is compressed. Default: print."),
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option("--source", metavar="ID", help="Only this source's graphs.")
    ] = None,
    graph: Annotated[
        list[str] | None, typer.Option("--graph", metavar="IRI", help="Only this graph.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Write the graph, or some sources or graphs of it, as N-Quads.

    Graphs stand in the order of their IRIs, statements in that of their text: two dumps of one
    state are the same.
    """
    reader = open_reader(Settings.from_environment(store)).frozen()
    graphs = _chosen(reader, source or [], graph or [])
    with _stream(target) as stream:
        number = 0
        for line in lines_of(reader, graphs):
            stream.write(line)
            number += 1
    err.print(f"{number:,} statements in {len(graphs)} graphs")


def _chosen(reader: GraphReader, sources: list[str], graphs: list[str]) -> list[NamedNode]:
    there = graphs_in(reader)
    if not sources and not graphs:
        return there
    records = {record.id: record for record in Catalogue(reader).sources()}
    if unknown := sorted(set(sources) - records.keys()):
        raise NotKnown(f"there is no source {unknown[0]}; see kg sources, or /sources")
    wanted = {g.value for name in sources for g in records[name].graphs} | set(graphs)
    if unknown := sorted(set(graphs) - {g.value for g in there}):
        raise NotKnown(f"there is no graph {unknown[0]}")
    return [g for g in there if g.value in wanted]


@contextmanager
def _stream(target: Path | None) -> Iterator[IO[bytes]]:
    if target is None:
        yield sys.stdout.buffer
        return
    if target.exists():
        raise UsageError(f"{target}: is there already; a dump is written to a new file")
    try:
        if target.suffix == ".gz":
            with gzip.open(target, "wb", compresslevel=6) as stream:
                yield cast(IO[bytes], stream)
        else:
            with target.open("wb") as plain:
                yield plain
    except OSError as error:
        raise StoreError(f"{target}: can not be written ({error})") from error
