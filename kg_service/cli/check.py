"""``kg check``: what is missing or wrong in sources."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from kg_service.check.model import Family, SourceCheck, Verdict
from kg_service.check.run import check_sources
from kg_service.cli.console import JsonOption, StoreOption, out, print_json
from kg_service.opening import open_reader
from kg_service.resources import resource_folder
from kg_service.settings import Settings

_TITLES = {
    Family.TYPING: "PROV's own typing",
    Family.CHAINS: "Broken chains",
    Family.FAIR: "FAIR",
    Family.COMPLETENESS: "Completeness",
    Family.MAPPING: "Reading and mapping",
}


def check(
    source: Annotated[
        str | None, typer.Argument(metavar="SOURCE", help="A source's id; all sources, if none.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check sources: PROV's typing, broken chains, FAIR, completeness, unmapped terms.

    Exit code 1 where a source breaks PROV's own typing; what is merely missing is told only.
    """
    reader = open_reader(Settings.from_environment(store)).frozen()
    results = list(
        check_sources(reader, resource_folder("queries"), resource_folder("ontologies"), source)
    )
    if as_json:
        print_json([result.as_json() for result in results])
    else:
        for result in results:
            _print(result)
    if any(c.verdict is Verdict.FAIL for r in results for c in r.of(Family.TYPING)):
        raise typer.Exit(1)


def _print(result: SourceCheck) -> None:
    out.print(f"{result.source_id}  {result.title or ''}".rstrip())
    for family in Family:
        checks = result.of(family)
        good = sum(c.verdict is Verdict.PASS for c in checks)
        out.print(f"  {_TITLES[family]}: {good} of {len(checks)}")
        table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
        for c in checks:
            said = c.evidence
            if c.count > 1 and family in (Family.COMPLETENESS, Family.CHAINS, Family.TYPING):
                said = f"{c.count}: {said}" if said else str(c.count)
            if c.verdict is Verdict.FAIL and family is not Family.TYPING:
                said = f"{said} → {c.todo}" if said else f"→ {c.todo}"
            table.add_row("   ", c.verdict.value, c.check, c.title, said)
        out.print(table)
