"""PROV documents as sources: read once, written as triples when their base is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from pyoxigraph import NamedNode, Triple

from ingest import json_text
from ingest.bundle import Bundle
from ingest.document import Description
from ingest.errors import InvalidSource
from ingest.findings import Findings
from ingest.prov.model import PROV, ProvRecords
from ingest.prov.prov_jsonld import read_prov_jsonld
from ingest.prov.provjson import read_provjson
from ingest.prov.provn import read_provn
from ingest.prov.provxml import read_provxml
from ingest.prov.statements import Statements
from ingest.triples import typed

_BUNDLE = NamedNode(PROV + "Bundle")
_ENTITY = NamedNode(PROV + "Entity")


def bundle_types(bundle: NamedNode) -> Iterator[Triple]:
    """What a document says of a bundle in it: that it is one, and so an entity."""
    yield typed(bundle, _ENTITY)
    yield typed(bundle, _BUNDLE)


@dataclass(frozen=True)
class RecordsDocument:
    """A document of PROV-DM records; ``name`` is its file's, which tells unnamed things apart."""

    records: ProvRecords
    noticed: Findings
    name: str
    description: Description

    def triples(self, base: str, findings: Findings) -> Iterator[Triple]:
        """The records outside of bundles, and that the bundles are bundles."""
        findings.include(self.noticed)
        write = Statements(base, self.name, findings)
        yield from write.of(self.records.records)
        for bundle in self.records.bundles:
            yield from bundle_types(write.node(bundle.id))

    def bundles(
        self, base: str, findings: Findings
    ) -> Iterator[tuple[NamedNode, Iterator[Triple]]]:
        """Each bundle and its records; two of one name are one bundle."""
        merged: dict[str, list[int]] = {}
        for index, bundle in enumerate(self.records.bundles):
            merged.setdefault(bundle.id, []).append(index)
        for id_, indices in merged.items():
            node = Statements(base, self.name, findings).node(id_)
            write = Statements(base, f"{self.name}\x1f{id_}", findings)
            records = [r for i in indices for r in self.records.bundles[i].records]
            yield node, write.of(records)


def read_records(bundle: Bundle, name: str) -> tuple[ProvRecords, Findings]:
    """The records of one file in any of PROV's notations, by its content. Raises SourceError."""
    content, where = bundle.read(name), bundle.where(name)
    findings = Findings()
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<":
        return read_provxml(content, where, findings), findings
    if start in (b"{", b"["):
        parsed = json_text.parse(content, where, findings)
        if isinstance(parsed, dict) and "@graph" in parsed:
            return read_prov_jsonld(parsed, where, findings), findings
        return read_provjson(parsed, where, findings), findings
    return read_provn(json_text.decode(content, where), where, findings), findings


def read(bundle: Bundle) -> RecordsDocument:
    """Read a PROV-N, PROV-JSON, PROV-JSONLD or PROV-XML file. Raises SourceError."""
    name = bundle.main
    if name is None:
        raise InvalidSource(
            "no file is named to start from", where=bundle.location, todo="name the file"
        )
    records, findings = read_records(bundle, name)
    return RecordsDocument(records, findings, PurePosixPath(name).name, _description(records))


def _description(records: ProvRecords) -> Description:
    """A document that only holds one bundle is that bundle, under the bundle's name."""
    if len(records.bundles) == 1 and not records.records:
        named = records.bundles[0].id
        if named.startswith(("http://", "https://", "urn:")):
            return Description(identifier=named, title=_title(named))
    return Description()


def _title(iri: str) -> str:
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2] or iri
