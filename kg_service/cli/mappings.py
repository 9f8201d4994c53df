"""``kg mappings`` and ``kg realign``: the mapping sets, how they are used, and using new ones."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from kg_service.access.audit import audited
from kg_service.align.engine import Alignment
from kg_service.align.mapping import MappingSet
from kg_service.align.skos import write_skos
from kg_service.align.sssom import write_sssom
from kg_service.cli.console import (
    BaseOption,
    JsonOption,
    MappingsOption,
    StoreOption,
    out,
    print_json,
)
from kg_service.errors import UsageError
from kg_service.mapping_use import MappingUse, mapping_use, set_named
from kg_service.opening import base_of, load_alignment, open_existing, open_reader
from kg_service.plain import mapping_set_json
from kg_service.questions.keeping import keep_own_graphs
from kg_service.realign import realign as realign_sources
from kg_service.settings import Settings
from kg_service.terms import shorten


class Form(StrEnum):
    """The forms in which a mapping set is exported."""

    SSSOM = "sssom"
    SKOS = "skos"


def mappings(
    name: Annotated[
        str | None, typer.Argument(metavar="SET", help="A set, to see its rows.")
    ] = None,
    export: Annotated[
        Form | None, typer.Option("--export", help="Print the set as SSSOM TSV or SKOS Turtle.")
    ] = None,
    store: StoreOption = None,
    own: MappingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the mapping sets, or one set's rows, and how often each fired."""
    settings = Settings.from_environment(store, mappings=own or ())
    alignment = load_alignment(settings.mappings)
    if export is not None:
        if name is None:
            raise UsageError("--export needs the name of a set; kg mappings lists them")
        write = write_sssom if export is Form.SSSOM else write_skos
        typer.echo(write(set_named(alignment, name)), nl=False)
        return
    use = mapping_use(open_reader(settings))
    chosen = [set_named(alignment, name)] if name else list(alignment.sets)
    if as_json:
        print_json([mapping_set_json(m, use, rows=name is not None) for m in chosen])
    elif name:
        _print_rows(chosen[0], use)
    else:
        _print_sets(alignment, use)


def _print_sets(alignment: Alignment, use: MappingUse) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("SET", "VERSION", "ROWS", "RULES", "STATEMENTS", "SOURCES", "TITLE"):
        numeric = column in ("ROWS", "RULES", "STATEMENTS", "SOURCES")
        table.add_column(column, justify="right" if numeric else "left")
    for m in alignment.sets:
        made, sources = use.of(m)
        table.add_row(
            m.name, m.version, str(len(m.rows)), str(len(m.rules)), str(made), str(sources), m.title
        )
    out.print(table)


def _print_rows(mapping: MappingSet, use: MappingUse) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("ID", "STATEMENTS", "SOURCES", "MAPPING"):
        table.add_column(column, justify="right" if column in ("STATEMENTS", "SOURCES") else "left")
    for row in mapping.rows:
        inverse = " (inverse)" if row.inverse else ""
        said = f"{shorten(row.source)} {row.predicate} {shorten(row.target)}{inverse}"
        fired = str(use.statements[row.record_id]) if row.entails else "-"
        table.add_row(row.record_id, fired, str(use.sources[row.record_id] or "-"), said)
    for rule in mapping.rules:
        name = rule.iri.rpartition("/")[2]
        table.add_row(
            f"rule {name}", str(use.statements[rule.iri]), str(use.sources[rule.iri] or "-"),
            rule.summary,
        )  # fmt: skip
    out.print(table)


def realign(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE", help="Source ids; all, if none.")
    ] = None,
    store: StoreOption = None,
    base: BaseOption = None,
    own: MappingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Derive the aligned graphs anew by the present mapping sets, without reading the sources.

    A source that these sets aligned already is left as it is.
    """
    settings = Settings.from_environment(store, base, own or ())
    alignment = load_alignment(settings.mappings)
    target = open_existing(settings)
    try:
        with audited(settings, "realign", list(sources or ())) as entry:
            keep_own_graphs(target, alignment, base_of(settings))
            done = list(realign_sources(target, alignment, sources or ()))
            entry.what = [result.source_id for result in done if result.changed]
            target.publish()
    finally:
        target.close()
    if as_json:
        print_json(
            [
                {
                    "source": r.source_id,
                    "changed": r.changed,
                    "alignedBefore": r.before,
                    "aligned": r.derived.aligned,
                }
                for r in done
            ]
        )
        return
    for result in done:
        if result.changed:
            counts = f"{result.before} aligned before, {result.derived.aligned} now"
            out.print(f"realigned  {result.source_id}  ({counts})")
    changed = sum(result.changed for result in done)
    out.print(f"{changed} realigned, {len(done) - changed} up to date with {alignment.version}")
