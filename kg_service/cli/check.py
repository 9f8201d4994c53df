"""``kg check``: what is missing or wrong in sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table

from kg_service.catalogue import Catalogue
from kg_service.check.model import Family, SourceCheck, Verdict
from kg_service.check.run import check_sources
from kg_service.cli.console import JsonOption, StoreOption, out, print_json
from kg_service.opening import open_reader
from kg_service.questions import load_questions
from kg_service.questions.needs import Answerable, answerable
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
    """Check sources: PROV's typing, broken chains, FAIR, completeness, unmapped terms, questions.

    Exit code 1 where a source breaks PROV's own typing; what is merely missing is told only.
    """
    reader = open_reader(Settings.from_environment(store)).frozen()
    questions = load_questions(resource_folder("queries"))
    results = list(
        check_sources(reader, resource_folder("queries"), resource_folder("ontologies"), source)
    )
    can_answer = {
        record.id: answerable(reader, questions, record)
        for record in Catalogue(reader).sources()
        if source in (None, record.id)
    }
    if as_json:
        print_json(
            [
                {
                    **result.as_json(),
                    "questions": [one.as_json() for one in can_answer[result.source_id]],
                }
                for result in results
            ]
        )
    else:
        for result in results:
            _print(result)
            _print_questions(can_answer[result.source_id], source is not None)
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


def _print_questions(found: Sequence[Answerable], in_full: bool) -> None:
    can = sum(not one.missing for one in found)
    out.print(f"  Questions that it can answer: {can} of {len(found)}")
    if not in_full:
        return
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    for one in found:
        lacks = ", ".join(str(need) for need in one.missing)
        table.add_row("   ", "lacks" if lacks else "can", one.question.id, lacks)
    out.print(table)
