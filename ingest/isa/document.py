"""An ISA source that was read, whatever its format, and what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Triple

from ingest.document import Description
from ingest.findings import Findings
from ingest.isa.accessions import is_study_accession
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
        """Identifier and title of the investigation, or of its study where it has but one.

        Repositories put placeholders into the investigation: an archive's accession number of
        the only study comes before them.
        """
        whole = self.investigation
        studies = [study for study in whole.studies if not study.implied]
        only = studies[0] if len(studies) == 1 else None
        identifiers = [whole.identifier, only.identifier if only else ""]
        if is_study_accession(identifiers[1]) and not is_study_accession(identifiers[0]):
            identifiers.reverse()
        titles = ["" if whole.title.lower() == "investigation" else whole.title]
        titles.append(only.title if only else "")
        comments = [*whole.comments, *(c for s in whole.studies for c in s.comments)]
        return Description(
            identifier=next((i for i in identifiers if i), None),
            title=next((t for t in titles if t), None),
            licence=next((c.value for c in comments if _LICENCE.search(c.name)), None),
            profiles=self.profiles,
        )

    def triples(self, base: str, findings: Findings) -> Iterator[Triple]:
        """The source's statements; see ``ingest.document.Document.triples``."""
        findings.include(self.noticed)
        yield from write(self.investigation, base, self.where, findings)
