"""Doing one job: ingesting what was sent, withdrawing a source, deciding on a link."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode

from ingest.discover import Found, PassedOver, Refused, discover
from ingest.document import Visibility
from ingest.errors import UnknownFormat
from kg_service.access.deciding import Decided
from kg_service.align.engine import Alignment
from kg_service.deposit import Deposit
from kg_service.errors import KgError, NotKnown, StoreError, UsageError, Withdrawn
from kg_service.identity.decisions import Verdict
from kg_service.intake import Intake, refusal
from kg_service.links.stewardship import judge
from kg_service.report import IngestReport, Outcome
from kg_service.store.port import GraphStore
from kg_service.uploads.jobs import Job, Kind, State
from kg_service.withdraw import withdraw

_SAVED_EVERY_S = 0.5
_PUBLISHED_EVERY_S = 5.0
# a report tells up to so many terms and rows; the source's own page has them all
_REPORTS_KEPT = 10_000


class Stopped(Exception):
    """The worker is to end: the job is taken up again later."""


@dataclass(frozen=True)
class Bench:
    """What a job is done with. ``save`` keeps how far it is; ``is_cancelled`` and ``is_stopped``
    are asked between sources: a source that is being taken is taken, whole. ``go_on`` is told
    each time that something went on."""

    store: GraphStore
    alignment: Alignment
    base: str
    files: Path
    save: Callable[[Job], None]
    is_cancelled: Callable[[], bool]
    is_stopped: Callable[[], bool]
    go_on: Callable[[], None]


def do(job: Job, bench: Bench) -> Job:
    """Do a job: the job at its end. Raises Stopped, and StoreError where the store fails."""
    try:
        if job.kind is Kind.INGEST:
            return _ingest(job, bench)
        return _withdraw(job, bench) if job.kind is Kind.WITHDRAW else _decide(job, bench)
    except StoreError:
        raise
    except KgError as error:
        return job.ending(State.FAILED, str(error))


def _ingest(job: Job, bench: Bench) -> Job:
    asked = job.asked
    groups = asked["knownGroups"]
    deposit = Deposit(
        owner=asked["below"],
        by=asked["by"],
        otherwise=Visibility(asked["otherwise"]),
        known_groups=None if groups is None else frozenset(groups),
    )
    decided = _decided(asked["decided"])
    intake = Intake(bench.store, bench.alignment, bench.base, decided, deposit)
    saved = published = time.monotonic()
    try:
        for report in _taken(job, intake, deposit, bench.files):
            bench.go_on()
            if isinstance(report, str):
                job = replace(job, reading=report)
            elif report is None:
                job = replace(job, passed_over=job.passed_over + 1)
            else:
                job = replace(job, sources=(*job.sources, report.as_json())[:_REPORTS_KEPT])
            if bench.is_cancelled():
                return job.ending(State.CANCELLED, "cancelled; what was taken before stays")
            if bench.is_stopped():
                raise Stopped
            now = time.monotonic()
            # the longer the report, the more seldom it is written
            if now - saved > _SAVED_EVERY_S + len(job.sources) / 1000:
                bench.save(job)
                saved = now
            if now - published > _PUBLISHED_EVERY_S:
                bench.store.publish()
                published = now
    finally:
        bench.store.publish()
    refused = sum(report["outcome"] == Outcome.REFUSED for report in job.sources)
    if refused == len(job.sources):
        return job.ending(State.FAILED, "nothing in it could be taken; sources tells why")
    return job.ending(State.DONE, f"{refused} of it could not be taken" if refused else None)


def _decided(told: dict[str, Any] | None) -> Decided | None:
    """What the uploader decided on who may see it."""
    if told is None:
        return None
    return Decided(
        Visibility(told["visibility"]), tuple(told["groups"]), told["visibleFrom"], told["at"]
    )


def _taken(
    job: Job, intake: Intake, deposit: Deposit, folder: Path
) -> Iterator[IngestReport | str | None]:
    """Where a source is that is read now, then its report; None for a file passed over."""
    names = [file["name"] for file in job.files]
    # one file is told more of where it is wrong than one among others is
    path = folder / names[0] if len(names) == 1 else folder
    place = f"upload:{deposit.prefix}".rstrip("/")
    found = discover(path, f"{place}/{names[0]}" if len(names) == 1 else place)
    wanted, source_id = job.asked.get("format"), job.asked.get("id")
    if source_id is not None:
        found = iter(listed := list(found))
        if sum(isinstance(one, Found) for one in listed) > 1:
            raise UsageError("there are several sources in it; the id can name only one of them")
    for one in found:
        if isinstance(one, PassedOver):
            yield None
            continue
        yield one.location
        if isinstance(one, Refused):
            yield refusal(one.location, one.error)
        elif wanted is not None and one.outer is None and one.format.name != wanted:
            error = UnknownFormat(
                f"is {one.format.name}, not {wanted}",
                where=one.location,
                todo="leave the format out, or send what was meant",
            )
            yield refusal(one.location, error, one.format.name)
        else:
            yield intake.take(one, source_id)


def _withdraw(job: Job, bench: Bench) -> Job:
    source = job.asked["source"]
    try:
        stone = withdraw(bench.store, bench.base, source, job.asked["because"], job.asked["by"])
    except Withdrawn:
        raise
    except NotKnown as error:
        # which others there are is not for everyone to read
        raise NotKnown(f"there is no source {source!r}") from error
    bench.store.publish()
    return job.ending(State.DONE, str(stone))


def _decide(job: Job, bench: Bench) -> Job:
    first, second = (NamedNode(job.asked[name]) for name in ("first", "second"))
    verdict = Verdict(job.asked["verdict"])
    decision = judge(bench.store, (first, second), verdict, job.asked["because"], job.asked["by"])
    bench.store.publish()
    return job.ending(State.DONE, f"{decision.verdict.value} by {decision.who}")
