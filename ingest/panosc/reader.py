"""From the bytes of an answer of the PaN search API to a document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Triple

from ingest.bundle import Bundle
from ingest.document import Description, Visibility
from ingest.errors import InvalidSource
from ingest.findings import Findings
from ingest.panosc.collect import Record, Records
from ingest.panosc.graph import Graph
from ingest.panosc.kinds import DATASET, DOCUMENT, identifier_of


@dataclass(frozen=True)
class PanoscDocument:
    """The records of one file."""

    source: Records

    @property
    def description(self) -> Description:
        """A source that is one dataset or document is called as that is."""
        records = self.source.records
        only = records[0] if len(records) == 1 else None
        if only is not None and only.kind not in (DATASET, DOCUMENT):
            only = None
        told = [r for r in _visible(records) if isinstance(r.data["isPublic"], bool)]
        hidden = [r for r in told if r.data["isPublic"] is False]
        visibility = Visibility.PUBLIC if told else None
        if hidden:
            visibility = Visibility.RESTRICTED
        return Description(
            identifier=identifier_of(only.data, only.kind) if only else None,
            title=_text(only, "title") if only else None,
            licence=_text(only, "license") if only else None,
            visibility=visibility,
            visible_from=_released(hidden),
        )

    def triples(self, base: str, findings: Findings) -> Iterator[Triple]:
        """All statements; what was met while parsing is told first."""
        findings.include(self.source.findings)
        visible = list(_visible(self.source.records))
        if any(record.data["isPublic"] is True for record in visible):
            for record in visible:
                if record.data["isPublic"] is False:
                    findings.warned(
                        "visibility", record.where, "not public, so the whole file is restricted"
                    )
        yield from Graph(self.source, base, findings).triples()


def read(bundle: Bundle) -> PanoscDocument:
    """Read one file.

    Raises UnreadableSource (broken JSON, with line and column) and InvalidSource (no record).
    """
    assert bundle.main is not None
    source = Records()
    source.add(bundle.where(bundle.main), bundle.read(bundle.main))
    if not source.records:
        raise InvalidSource(
            "no record of the PaN search API in it",
            where=bundle.location,
            todo="save an answer of /datasets, /documents or /instruments as JSON",
        )
    return PanoscDocument(source)


def _visible(records: list[Record]) -> list[Record]:
    """The records that tell whether they are public, those that others include among them."""
    found: list[Record] = []
    pending = list(records)
    while pending:
        record = pending.pop(0)
        if "isPublic" in record.data:
            found.append(record)
        for name, kind in (("datasets", DATASET), ("documents", DOCUMENT)):
            items = record.data.get(name)
            for number, item in enumerate(items if isinstance(items, list) else []):
                if isinstance(item, dict):
                    pending.append(Record(kind, item, f"{record.where}.{name}[{number}]"))
    return found


def _released(hidden: list[Record]) -> str | None:
    """When the last hidden record becomes public, where each of them tells when it does."""
    dates = [_text(record, "releaseDate") for record in hidden]
    known = [date for date in dates if date is not None]
    return max(known) if known and len(known) == len(dates) else None


def _text(record: Record, name: str) -> str | None:
    value = record.data.get(name)
    return value.strip() or None if isinstance(value, str) else None
