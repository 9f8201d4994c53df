"""``kg history``: which versions of sources there were when, and what is kept of them."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from kg_service.access.audit import audited
from kg_service.cli.console import JsonOption, StoreOption, out, print_json
from kg_service.errors import NotKnown, UsageError
from kg_service.history.kept import Kept, State, kept_periods, prune
from kg_service.history.moments import moment_of
from kg_service.opening import archive_of, open_existing, open_reader
from kg_service.settings import Settings


def history(
    source: Annotated[
        str | None, typer.Argument(metavar="SOURCE", help="The id of a source. Default: all.")
    ] = None,
    remove: Annotated[
        bool, typer.Option("--prune", help="Remove what is archived of older versions.")
    ] = False,
    before: Annotated[
        str | None,
        typer.Option(
            "--before",
            metavar="TIME",
            help="With --prune: only versions that were replaced before this time.",
        ),
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the versions of sources, from when until when each was there, and what is kept.

    What a version said stays when another replaces it, for kg lineage --as-of. With --prune it
    is removed; that the version was there stays known.
    """
    if before is not None and not remove:
        raise UsageError("--before goes with --prune")
    settings = Settings.from_environment(store)
    kept = _pruned(settings, source, before) if remove else _listed(settings, source)
    if as_json:
        print_json([k.as_json() for k in kept])
    elif remove:
        freed = sum(k.archived.size for k in kept if k.archived)
        out.print(f"removed: {len(kept)} older versions, {freed:,} bytes")
    else:
        out.print(_table(kept))


def _pruned(settings: Settings, source: str | None, before: str | None) -> list[Kept]:
    archive = archive_of(settings)
    if archive is None:
        raise UsageError("no history is kept of this store; KG_HISTORY names a folder for it")
    target = open_existing(settings)  # one at a time, as with any writing
    try:
        with audited(settings, "prune", [source] if source else []) as entry:
            removed = prune(target, archive, source, moment_of(target, before) if before else None)
            entry.detail = f"{len(removed)} older versions" + (
                f", before {before}" if before else ""
            )
            return removed
    finally:
        target.close()


def _listed(settings: Settings, source: str | None) -> list[Kept]:
    found = kept_periods(open_reader(settings).frozen(), archive_of(settings))
    kept = [k for periods in found.values() for k in periods]
    if source is not None:
        kept = [k for k in kept if k.period.source_id == source]
        if not kept:
            raise NotKnown(f"there is no source {source!r}; kg sources lists those that are")
    return sorted(kept, key=lambda k: (k.period.source_id, k.period.since))


def _table(kept: list[Kept]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("source", "version", "from", "until", "kept"):
        table.add_column(title, no_wrap=True)
    for one in kept:
        period = one.period
        size = one.archived.size if one.archived and one.state is State.ARCHIVED else 0
        table.add_row(
            period.source_id,
            period.sha256[:16] + (" realigned" if period.realigned else ""),
            f"{period.since:%Y-%m-%dT%H:%M:%SZ}",
            f"{period.until:%Y-%m-%dT%H:%M:%SZ}" if period.until else "",
            one.state.value + (f", {size:,} bytes" if size else ""),
        )
    return table
