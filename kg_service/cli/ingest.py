"""``kg ingest``: taking sources in, with a report of each."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ingest.document import Visibility
from ingest.findings import FindingKind
from kg_service.access.audit import Entry, audited
from kg_service.access.deciding import Decided
from kg_service.cli.console import (
    BaseOption,
    JsonOption,
    MappingsOption,
    StoreOption,
    err,
    out,
    print_json,
)
from kg_service.cli.sources import EmbargoOption, GroupOption
from kg_service.errors import UsageError
from kg_service.intake import Intake
from kg_service.opening import base_of, load_alignment, open_writer
from kg_service.questions.keeping import keep_own_graphs
from kg_service.report import IngestReport, Outcome
from kg_service.settings import Settings
from kg_service.store.port import GraphStore

_PUBLISH_EVERY_S = 5.0


def ingest(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", help="Files, zips, or folders; folders are searched."),
    ],
    source_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="The id of the (one) source.")
    ] = None,
    visibility: Annotated[
        Visibility | None,
        typer.Option(
            "--visibility", help="Who may see them. Default: what was decided before, or they say."
        ),
    ] = None,
    group: GroupOption = None,
    embargo: EmbargoOption = None,
    store: StoreOption = None,
    base: BaseOption = None,
    mappings: MappingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ingest sources: crates, ISA, facility catalogues' records, provenance documents.

    Read are RO-Crates, ISA-Tab, ISA-JSON and ISA-XLSX (ARC), ICAT, SciCat, PaN search API,
    DataCite, PROV in all notations, CWLProv and Taverna research objects, BioCompute Objects,
    OpenLineage and kg-labid.

    Exit code 0: all were taken. 1: some were refused; the others were taken nevertheless.
    """
    if source_id is not None and len(paths) > 1:
        raise UsageError("--id names one source, but several paths were given")
    decided = Decided.written(visibility, group or (), embargo)
    settings = Settings.from_environment(store, base, mappings or ())
    alignment = load_alignment(settings.mappings)
    target = open_writer(settings)
    try:
        with audited(settings, "ingest") as entry:
            keep_own_graphs(target, alignment, base_of(settings))
            intake = Intake(target, alignment, base_of(settings), decided)
            reports, passed_over = _take_all(intake, target, paths, source_id, entry)
    finally:
        target.close()
    if as_json:
        print_json(_as_json(reports, passed_over))
    else:
        _print(reports, passed_over)
    if any(report.outcome is Outcome.REFUSED for report in reports):
        raise typer.Exit(1)


def _take_all(
    intake: Intake, target: GraphStore, paths: list[Path], source_id: str | None, entry: Entry
) -> tuple[list[IngestReport], int]:
    reports: list[IngestReport] = []
    passed_over = 0
    published = time.monotonic()
    try:
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("paths, {task.fields[taken]} sources"),
            console=err,
            transient=True,
            disable=not err.is_terminal,
        ) as progress:
            task = progress.add_task("ingesting", total=len(paths), taken=0)
            for path in paths:
                for report in intake.take_path(path, source_id):
                    if report is None:
                        passed_over += 1
                        continue
                    reports.append(report)
                    entry.what.append(report.told())
                    progress.update(task, taken=len(reports))
                    if time.monotonic() - published > _PUBLISH_EVERY_S:
                        target.publish()
                        published = time.monotonic()
                progress.advance(task)
    finally:
        # what was committed before an interruption is in, and shown
        target.publish()
    return reports, passed_over


def _as_json(reports: list[IngestReport], passed_over: int) -> dict[str, object]:
    outcomes = Counter(report.outcome.value for report in reports)
    return {
        "sources": [report.as_json() for report in reports],
        "summary": {**{o.value: outcomes[o.value] for o in Outcome}, "passedOver": passed_over},
    }


def _print(reports: list[IngestReport], passed_over: int) -> None:
    for report in reports:
        if report.outcome is Outcome.REFUSED:
            err.print(f"refused    {report.error}")
            continue
        out.print(f"{report.outcome.value:<10} {report.source_id}  {_counts(report)}")
        _print_findings(report)
    outcomes = Counter(report.outcome for report in reports)
    parts = [f"{outcomes[o]} {o.value}" for o in Outcome if outcomes[o]]
    if passed_over:
        files = "file, being no source," if passed_over == 1 else "files, being no sources,"
        parts.append(f"{passed_over} {files} passed over")
    out.print(", ".join(parts) or "nothing found")


def _counts(report: IngestReport) -> str:
    if report.outcome is Outcome.UNCHANGED:
        return f"({report.format}, the same bytes are in already)"
    repaired = report.findings.total(FindingKind.REPAIR)
    lost = report.findings.total(FindingKind.LOSS)
    unmapped = sum(report.unmapped.values())
    return (
        f"({report.format}: {report.asserted} triples asserted, {report.aligned} aligned, "
        f"{repaired} repaired, {lost} lost, {unmapped} without a mapping in "
        f"{len(report.unmapped)} terms)"
    )


def _print_findings(report: IngestReport) -> None:
    for kind, word in (
        (FindingKind.LOSS, "lost"),
        (FindingKind.REPAIR, "repaired"),
        (FindingKind.WARNING, "warning"),
    ):
        for finding in report.findings.of(kind):
            first = finding.examples[0]
            more = f" (and {finding.count - 1} more)" if finding.count > 1 else ""
            out.print(f"  {word} {finding.code}: {first.where}: {first.detail}{more}")
    if report.unmapped:
        terms = [f"{term} ({count})" for term, count in report.unmapped.most_common(5)]
        more = f", and {len(report.unmapped) - 5} more" if len(report.unmapped) > 5 else ""
        out.print(f"  without a mapping: {', '.join(terms)}{more}")
