"""An ISA source that was read, whatever its format, and what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Triple

from ingest.document import Description
from ingest.findings import Findings
from ingest.isa.model import Investigation
from ingest.isa.writer import write

_LICENCE = re.compile(r"licen[cs]e", re.IGNORECASE)


@dataclass(frozen=True)
class IsaDocument:
    """The ISA model of a source, what was noticed while reading it, the format's specification."""

    investigation: Investigation
    noticed: Findings
    profiles: tuple[str, ...] = ()
    where: str = ""

    @property
    def description(self) -> Description:
        """Identifier and title of the investigation, or of its study where it has but one."""
        whole = self.investigation
        only = whole.studies[0] if len(whole.studies) == 1 else None
        comments = [*whole.comments, *(c for s in whole.studies for c in s.comments)]
        return Description(
            identifier=whole.identifier or (only.identifier if only else "") or None,
            title=_title(whole) or (only.title if only else "") or None,
            licence=next((c.value for c in comments if _LICENCE.search(c.name)), None),
            profiles=self.profiles,
        )

    def triples(self, base: str, findings: Findings) -> Iterator[Triple]:
        """The source's statements; see ``ingest.document.Document.triples``."""
        findings.include(self.noticed)
        yield from write(self.investigation, base, self.where, findings)


def _title(whole: Investigation) -> str:
    """The investigation's title, unless it is the word that repositories put in its place."""
    return "" if whole.title.lower() == "investigation" else whole.title
