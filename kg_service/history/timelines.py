"""Which version of each source was there when, as the catalogue tells it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import cast

from pyoxigraph import NamedNode

from kg_service.catalogue import ask_catalogue
from kg_service.rdf import solutions_of
from kg_service.store.port import NO_BINDINGS, GraphReader, Term
from kg_service.terms import kg, prov

_REALIGNED = kg("realignedBy").value
_NEVER = datetime.min.replace(tzinfo=UTC)
_WITHDRAWN = prov("wasInvalidatedBy").value


@dataclass(frozen=True)
class Period:
    """A time in which a source was in one version, aligned in one way.

    ``until`` is when the next one began, None for the one that lasts. ``realigned``: it began
    with a realignment, not with an ingest. Times are in UTC.
    """

    source: NamedNode
    source_id: str
    version: NamedNode
    sha256: str
    realigned: bool
    since: datetime
    until: datetime | None

    @property
    def is_current(self) -> bool:
        return self.until is None


def timelines(
    reader: GraphReader, source: NamedNode | None = None
) -> dict[NamedNode, list[Period]]:
    """The periods of each source that is there now (or of one), the earliest first.

    What was before a source was withdrawn is not told: with its withdrawal it is no more.
    """
    bindings: Mapping[str, Term] = NO_BINDINGS if source is None else {"source": source}
    told: dict[NamedNode, set[tuple[datetime, bool, NamedNode, str]]] = defaultdict(set)
    withdrawn: dict[NamedNode, datetime] = {}
    ids: dict[NamedNode, str] = {}
    now: dict[NamedNode, Term] = {}
    for row in solutions_of(ask_catalogue(reader, _query(), bindings)):
        iri, id_, current, version, sha256, how, when = (cast(Term, term) for term in row)
        assert isinstance(iri, NamedNode)
        assert isinstance(version, NamedNode)
        time = parse_time(when.value)
        ids[iri], now[iri] = id_.value, current
        if how.value == _WITHDRAWN:
            withdrawn[iri] = max(time, withdrawn.get(iri, time))
        else:
            told[iri].add((time, how.value == _REALIGNED, version, sha256.value))
    found = {}
    for iri, begun in told.items():
        # a clock may have been put back: what is there now is the last, whatever the times say
        last = max((b[0] for b in begun if b[2] == now[iri]), default=_NEVER)
        first = min(withdrawn.get(iri, _NEVER), last)
        found[iri] = _periods(iri, ids[iri], [b for b in begun if first <= b[0] <= last])
    return {iri: periods for iri, periods in found.items() if periods}


def parse_time(text: str) -> datetime:
    """A time of ISO 8601, in UTC where it names no zone. Raises ValueError."""
    time = datetime.fromisoformat(text)
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)


def _periods(
    source: NamedNode, id_: str, begun: list[tuple[datetime, bool, NamedNode, str]]
) -> list[Period]:
    ordered = sorted(begun, key=lambda b: (b[0], b[1], b[2].value))
    ends = [*(b[0] for b in ordered[1:]), None]
    return [
        Period(source, id_, version, sha256, realigned, since, until)
        for (since, realigned, version, sha256), until in zip(ordered, ends, strict=True)
    ]


@cache
def _query() -> str:
    return files("kg_service.history").joinpath("timelines.rq").read_text(encoding="utf-8")
