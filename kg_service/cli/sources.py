"""``kg sources``: what is in the store."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from ingest.document import Visibility
from kg_service.access.audit import audited
from kg_service.access.deciding import Decided
from kg_service.catalogue import Catalogue, SourceRecord
from kg_service.cli.console import BaseOption, JsonOption, StoreOption, out, print_json
from kg_service.cli.groups import ListByDefault
from kg_service.opening import base_of, open_existing, open_reader
from kg_service.plain import seen_by, source_json
from kg_service.settings import Settings
from kg_service.tombstones import Tombstone, tombstones
from kg_service.visibility import decide_visibility

GroupOption = Annotated[
    list[str] | None,
    typer.Option(
        "--group",
        metavar="NAME",
        help="A group that may see what is restricted; may be repeated. Without one, nobody may.",
    ),
]
EmbargoOption = Annotated[
    str | None,
    typer.Option(
        "--embargo",
        metavar="DATE",
        help="Restricted until this day or time (ISO 8601, in UTC), public from then on.",
    ),
]


sources = typer.Typer(
    cls=ListByDefault,
    help="List the sources; decide who may see one.",
    rich_markup_mode=None,
)


@sources.command("list")
def list_(
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
    for name in ("SOURCE", "FORMAT", "VERSION", "ASSERTED", "ALIGNED", "LOST", "SEEN BY", "TITLE"):
        table.add_column(
            name, justify="right" if name in ("ASSERTED", "ALIGNED", "LOST") else "left"
        )
    for r in records:
        table.add_row(
            r.id, r.format, r.version[:12], str(r.asserted), str(r.aligned), str(r.losses),
            _seen_by(r), r.title or "",
        )  # fmt: skip
    out.print(table)
    out.print(f"{len(records)} source{'' if len(records) == 1 else 's'}")


@sources.command("visibility")
def visibility(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="The id of the source.")],
    visibility: Annotated[Visibility, typer.Argument(help="Who may see it.")],
    group: GroupOption = None,
    embargo: EmbargoOption = None,
    earlier: Annotated[
        bool,
        typer.Option(
            "--earlier",
            help="Earlier versions too; else these are not seen by more people than before.",
        ),
    ] = False,
    store: StoreOption = None,
    base: BaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide who may see a source, whatever it says of itself; versions to come take it over."""
    decided = Decided.written(visibility, group or (), embargo)
    assert decided is not None
    settings = Settings.from_environment(store, base)
    target = open_existing(settings)
    try:
        with audited(settings, "visibility", [source]) as entry:
            decide_visibility(target, base_of(settings), source, decided, earlier=earlier)
            entry.detail = seen_by(decided.visibility, decided.groups, embargo)
            target.publish()
    finally:
        target.close()
    if as_json:
        print_json(
            {
                "source": source,
                "visibility": decided.visibility.value,
                "groups": list(decided.groups),
                "visibleFrom": decided.visible_from,
            }
        )
    else:
        out.print(f"{source} is {seen_by(decided.visibility, decided.groups, embargo)}")


def _seen_by(record: SourceRecord) -> str:
    return seen_by(record.visibility, record.groups, record.visible_from)


def _print_withdrawn(stones: list[Tombstone], as_json: bool) -> None:
    if as_json:
        print_json([stone.as_json() for stone in stones])
        return
    for stone in stones:
        out.print(str(stone))
    out.print(f"{len(stones)} withdrawn")
