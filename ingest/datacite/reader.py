"""From the bytes of a file of DataCite metadata to a document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Triple

from ingest.bundle import Bundle
from ingest.datacite.graph import Graph
from ingest.datacite.records import Record, Records
from ingest.document import Description, Visibility
from ingest.errors import InvalidSource
from ingest.findings import Findings
from ingest.iri import is_valid_reference

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:$|[T/ ])")
_ON_ACCESS = re.compile(r"info:eu-repo/semantics/|/coar/access_right/|^\w+ access$", re.IGNORECASE)


@dataclass(frozen=True)
class DataCiteDocument:
    """The records of one file."""

    source: Records

    @property
    def description(self) -> Description:
        """A source that is one record is called as its resource is."""
        records = self.source.records
        only = records[0] if len(records) == 1 else None
        available = [day for r in records if (day := _available(r)) is not None]
        return Description(
            identifier=only.doi if only else None,
            title=_first(only, "titles", "title") if only else None,
            licence=_licence(only) if only else None,
            profiles=tuple(sorted({p for r in records if (p := _schema(r)) is not None})),
            visibility=_visibility(records),
            visible_from=max(available, default=None),
        )

    def triples(self, base: str, findings: Findings) -> Iterator[Triple]:
        """All statements; what was met while parsing is told first."""
        findings.include(self.source.findings)
        self._tell_disagreement(findings)
        yield from Graph(self.source, base, findings).triples()

    def _tell_disagreement(self, findings: Findings) -> None:
        told = {_findable(r) for r in self.source.records} - {None}
        if told == {True, False}:
            for record in self.source.records:
                if _findable(record) is False:
                    findings.warned(
                        "visibility", record.where, "not findable, so the whole file is internal"
                    )
        days = {_available(record) for record in self.source.records}
        latest = max((day for day in days if day), default=None)
        if len(days) > 1 and latest is not None:
            where = next(r.where for r in self.source.records if _available(r) == latest)
            findings.warned(
                "embargo", where, f"available from {latest}, the latest day of any record"
            )


def read(bundle: Bundle) -> DataCiteDocument:
    """Read one file of DataCite metadata.

    Raises UnreadableSource (broken JSON, with line and column) and InvalidSource (no record).
    """
    assert bundle.main is not None
    source = Records()
    source.add(bundle.where(bundle.main), bundle.read(bundle.main))
    if not source.records:
        raise InvalidSource(
            "no DataCite record in it",
            where=bundle.location,
            todo="export the metadata of a DOI as DataCite JSON",
        )
    return DataCiteDocument(source)


def _findable(record: Record) -> bool | None:
    """Whether a DOI's metadata are public; None where the record does not tell.

    https://support.datacite.org/docs/doi-states: only a findable DOI's are; ``isActive`` says
    the same of findable (true) and registered (false) DOIs.
    """
    state, active = record.data.get("state"), record.data.get("isActive")
    if isinstance(state, str) and state.strip():
        return state.strip().lower() == "findable" and active is not False
    return active if isinstance(active, bool) else None


def _visibility(records: list[Record]) -> Visibility | None:
    told = {_findable(record) for record in records}
    if False in told:
        return Visibility.INTERNAL
    return Visibility.PUBLIC if True in told else None


def _available(record: Record) -> str | None:
    """The day from which the resource is available (dateType Available), the last if several."""
    days = [
        found[1]
        for item in record.data.get("dates", [])
        if str(item.get("dateType")).lower() == "available"
        and (found := _DAY.match(str(item.get("date") or "").strip()))
    ]
    return max(days, default=None)


def _schema(record: Record) -> str | None:
    """The version of the metadata schema that a record says it follows."""
    version = record.data.get("schemaVersion")
    is_address = isinstance(version, str) and version.startswith(("http://", "https://"))
    return version if is_address and is_valid_reference(version) else None


def _licence(record: Record) -> str | None:
    """The first of the rights that is more than a word on access (info:eu-repo/semantics/…)."""
    for name in ("rightsUri", "rightsURI", "rightsIdentifier", "rights"):
        for item in record.data.get("rightsList", []):
            value = item.get(name)
            if isinstance(value, str) and value.strip() and not _ON_ACCESS.search(value):
                return value.strip()
    return None


def _first(record: Record, field: str, name: str) -> str | None:
    for item in record.data.get(field, []):
        value: Any = item.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None
