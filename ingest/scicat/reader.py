"""From the bytes of a SciCat export to a document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from pyoxigraph import Triple

from ingest.bundle import Bundle
from ingest.document import Description
from ingest.errors import InvalidSource
from ingest.findings import Findings
from ingest.scicat.access import access_of
from ingest.scicat.collect import Records, collection_files, collection_kind
from ingest.scicat.graph import Graph
from ingest.scicat.kinds import DATASET, PUBLISHED_DATA, identifier_of

# a handle or DOI; a pid without prefix is the catalogue's own, and another has the same
_PERSISTENT = re.compile(r"\d+(?:\.\d+)+/\S+")
_DATA_SUFFIXES = {".json", ".ndjson", ".jsonl", ".xml", ".yaml", ".yml"}


@dataclass(frozen=True)
class SciCatDocument:
    """The records of one export."""

    source: Records
    where: str

    @property
    def description(self) -> Description:
        """A source that is one dataset or publication is called as that is."""
        access = access_of(self.source.records)
        whole = Description(
            visibility=access.visibility, groups=access.groups, visible_from=access.visible_from
        )
        if len(self.source.records) != 1:
            return whole
        only = self.source.records[0]
        if only.kind not in (DATASET, PUBLISHED_DATA):
            return whole
        identifier = identifier_of(only.data, only.kind)
        title = only.data.get("datasetName") or only.data.get("title")
        licence = only.data.get("license")
        return replace(
            whole,
            identifier=identifier if _PERSISTENT.fullmatch(identifier or "") else None,
            title=title if isinstance(title, str) else None,
            licence=licence if isinstance(licence, str) and licence else None,
        )

    def triples(self, base: str, findings: Findings) -> Iterator[Triple]:
        """All statements; what was met while parsing is told first."""
        findings.include(self.source.findings)
        for where, detail in access_of(self.source.records).notes:
            findings.warned("visibility", where, detail)
        yield from Graph(self.source, base, findings).triples()


def read(bundle: Bundle) -> SciCatDocument:
    """Read an export: one file, or a folder of collection files.

    Raises UnreadableSource (broken JSON, with line and column) and InvalidSource (no record).
    """
    source = Records()
    if bundle.only is not None:
        assert bundle.main is not None
        hint = collection_kind(PurePosixPath(bundle.main).name)
        source.add(bundle.where(bundle.main), bundle.read(bundle.main), hint)
    else:
        files = collection_files(bundle.names())
        for name, kind in files:
            source.add(bundle.where(name), bundle.read(name), kind)
        _tell_others(bundle, {name for name, _kind in files}, source.findings)
    if not source.records:
        raise InvalidSource(
            "no SciCat record in it",
            where=bundle.location,
            todo="export the records of a collection, such as datasets, as JSON",
        )
    return SciCatDocument(source, bundle.location)


def _tell_others(bundle: Bundle, taken: set[str], findings: Findings) -> None:
    """Files beside the collections are not read; whoever put them there should know."""
    for name in bundle.names():
        path = PurePosixPath(name)
        if len(path.parts) == 1 and name not in taken and path.suffix.lower() in _DATA_SUFFIXES:
            findings.warned("file-not-read", bundle.where(name), "not called after a collection")
