"""From the bytes of a kg-labid file to a document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Triple

from ingest.bundle import Bundle
from ingest.document import Description, Visibility
from ingest.errors import InvalidSource
from ingest.findings import Findings
from ingest.json_text import parse
from ingest.labid.check import Record, check, listed
from ingest.labid.form import PROFILE
from ingest.labid.graph import Graph

_SHOWN = 50


@dataclass(frozen=True)
class LabidDocument:
    """A document without faults."""

    document: dict[str, Any]
    records: dict[str, Record]
    findings: Findings

    @property
    def description(self) -> Description:
        """What the document says of itself."""
        said = self.document
        visibility = said.get("visibility")
        return Description(
            identifier=said.get("id") or None,
            title=said.get("name"),
            licence=said.get("licence") or None,
            profiles=(PROFILE,),
            visibility=Visibility(visibility) if visibility else None,
            groups=tuple(listed(said.get("groups"))),
            visible_from=said.get("visibleFrom") or None,
        )

    def triples(self, base: str, findings: Findings) -> Iterator[Triple]:
        """All statements; what was met while parsing is told first."""
        findings.include(self.findings)
        yield from Graph(self.document, self.records, base, findings).triples()


def read(bundle: Bundle) -> LabidDocument:
    """Read a document.

    Raises UnreadableSource (broken JSON, with line and column) and InvalidSource, whose
    message has all faults, each with its JSON path.
    """
    assert bundle.main is not None
    where = bundle.where(bundle.main)
    findings = Findings()
    document = parse(bundle.read(bundle.main), where, findings)
    if not isinstance(document, dict):
        raise InvalidSource("no kg-labid document", where=where, todo="see docs/labid.md")
    checked = check(document)
    if checked.faults:
        count = len(checked.faults)
        shown = "\n  ".join(checked.faults[:_SHOWN])
        more = f"\n  and {count - _SHOWN} more" if count > _SHOWN else ""
        raise InvalidSource(
            f"{count} fault{'s' if count > 1 else ''}",
            where=where,
            todo=f"correct what docs/labid.md has otherwise, and export again:\n  {shown}{more}",
        )
    return LabidDocument(document, checked.records, findings)
