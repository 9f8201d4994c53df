"""From the bytes of an ICAT data file to a document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pyoxigraph import Triple

from ingest.bundle import Bundle
from ingest.document import Description
from ingest.findings import Findings
from ingest.icat.catalogue import Catalogue
from ingest.icat.graph import Graph
from ingest.icat.json_file import read_json
from ingest.icat.recognise import is_answer_name, is_json, is_xml
from ingest.icat.visibility import visibility_of
from ingest.icat.xml_file import read_xml
from ingest.icat.yaml_file import read_yaml

_PUBLISHABLE = ("DataPublication", "Dataset", "Investigation")
_DOI = re.compile(r"(?:doi:|https?://(?:dx\.)?doi\.org/)?10\.\d{4,}/\S+", re.IGNORECASE)


@dataclass(frozen=True)
class IcatDocument:
    """A data file whose references are all resolved."""

    catalogue: Catalogue
    today: date

    @property
    def description(self) -> Description:
        """A source that is one dataset, investigation or publication is called as that is."""
        service = self.catalogue.data.head.get("service")
        access = visibility_of(self.catalogue, self.today)
        return Description(
            identifier=self._identifier(),
            title=f"ICAT data of {service}" if service else self._own("title") or self._own("name"),
            visibility=access.visibility,
            groups=access.groups,
            visible_from=access.visible_from,
        )

    def _identifier(self) -> str | None:
        only = self.catalogue.data.only
        if only is None or only.entity not in _PUBLISHABLE:
            return None
        found = self._own("pid") or self._own("doi") or ""
        return found if _DOI.fullmatch(found) else None

    def _own(self, name: str) -> str | None:
        only = self.catalogue.data.only
        return only.attribute(name) if only is not None else None

    def triples(self, base: str, findings: Findings) -> Iterator[Triple]:
        """All statements; what was met while parsing is told first."""
        findings.include(self.catalogue.data.findings)
        if not self.catalogue.data.records:
            findings.warned("no-objects", self.catalogue.where, "the file holds no objects")
        yield from Graph(self.catalogue, base, findings).triples()


def read(bundle: Bundle) -> IcatDocument:
    """Read an ICAT data file, or the answers of a JSON interface, in one file or a folder.

    Raises UnreadableSource (broken YAML, XML or JSON, with line and column) and InvalidSource
    (dangling references, entity or alias bombs, no object of ICAT).
    """
    assert bundle.main is not None
    if bundle.only is None:
        names = [name for name in bundle.names() if is_answer_name(name)]
    else:
        names = [bundle.main]
    contents = {bundle.where(name): bundle.read(name) for name in names}
    where, content = next(iter(contents.items()))
    if is_json(content):
        data = read_json(contents)
    else:
        data = read_xml(content, where) if is_xml(content) else read_yaml(content, where)
    return IcatDocument(Catalogue.of(data, where), datetime.now(UTC).date())
