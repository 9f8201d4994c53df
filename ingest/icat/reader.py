"""From the bytes of an ICAT data file to a document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import Triple

from ingest.bundle import Bundle
from ingest.document import Description
from ingest.findings import Findings
from ingest.icat.catalogue import Catalogue
from ingest.icat.graph import Graph
from ingest.icat.recognise import is_xml
from ingest.icat.xml_file import read_xml
from ingest.icat.yaml_file import read_yaml


@dataclass(frozen=True)
class IcatDocument:
    """A data file whose references are all resolved."""

    catalogue: Catalogue

    @property
    def description(self) -> Description:
        service = self.catalogue.data.head.get("service")
        return Description(title=f"ICAT data of {service}" if service else None)

    def triples(self, base: str, findings: Findings) -> Iterator[Triple]:
        """All statements; what was met while parsing is told first."""
        findings.include(self.catalogue.data.findings)
        if not self.catalogue.data.records:
            findings.warned("no-objects", self.catalogue.where, "the file holds no objects")
        yield from Graph(self.catalogue, base, findings).triples()


def read(bundle: Bundle) -> IcatDocument:
    """Read an ICAT data file.

    Raises UnreadableSource (broken YAML or XML, with line and column) and InvalidSource
    (dangling references, entity or alias bombs).
    """
    assert bundle.main is not None
    where = bundle.where(bundle.main)
    content = bundle.read(bundle.main)
    data = read_xml(content, where) if is_xml(content) else read_yaml(content, where)
    return IcatDocument(Catalogue.of(data, where))
