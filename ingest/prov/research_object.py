"""Research objects of workflow runs: CWLProv folders and Taverna's run bundles.

CWLProv writes the same provenance in six spellings; one of them is read, of the primary run
and of each nested one, which is a bundle. The manifest and the values of the run's inputs
and outputs go with the primary run. https://w3id.org/cwl/prov, versions 0.3 to 0.6.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from pyoxigraph import NamedNode, Triple

from ingest import json_text
from ingest.bundle import Bundle
from ingest.document import Description
from ingest.errors import InvalidSource, SourceError
from ingest.findings import Findings
from ingest.iri import segment
from ingest.prov.addresses import absolute, resolve
from ingest.prov.document import RecordsDocument, bundle_types, read_records
from ingest.prov.job_values import job_triples
from ingest.prov.manifest import Manifest
from ingest.prov.rdf import SYNTAXES, RdfDocument, parse_rdf

_PROVENANCE = "metadata/provenance/"
_PRIMARY = f"{_PROVENANCE}primary.cwlprov"
# the first that is there is read: the notations say more exactly what the engine wrote
_SPELLINGS = (".provn", ".json", ".xml", ".ttl", ".nt", ".jsonld")
_TAVERNA = "workflowrun.prov.ttl"
_MANIFESTS = ("metadata/manifest.json", ".ro/manifest.json")
_JOBS = ("workflow/primary-job.json", "workflow/primary-output.json")
_Part = RecordsDocument | RdfDocument


def mains(folder: Bundle, names: Sequence[str]) -> list[str]:
    """The file by which a folder is a workflow run's research object: its primary provenance."""
    if _TAVERNA in names and folder.has(".ro/manifest.json"):
        return [_TAVERNA]
    if not folder.has("metadata/manifest.json"):
        return []
    return [f"{_PRIMARY}{suffix}" for suffix in _SPELLINGS if folder.has(f"{_PRIMARY}{suffix}")][:1]


@dataclass(frozen=True)
class ResearchObject:
    """A research object: its manifest, its primary provenance, the nested ones, its values."""

    manifest: Manifest | None
    primary: _Part
    nested: dict[str, _Part]
    values: dict[str, Any]
    noticed: Findings
    description: Description

    def _base(self, base: str) -> str:
        declared = self.manifest.declared_base if self.manifest else None
        return resolve(declared, "/") if declared else base

    def triples(self, base: str, findings: Findings) -> Iterator[Triple]:
        """The manifest, the run's values and the primary provenance."""
        findings.include(self.noticed)
        if self.manifest is not None:
            yield from self.manifest.triples(base, findings)
        for path, job in self.values.items():
            yield from job_triples(job, resolve(self._base(base), path), findings)
        yield from self.primary.triples(base, findings)
        for name, part in self.nested.items():
            yield from bundle_types(self._node(base, name))
            if isinstance(part, RecordsDocument):
                findings.include(part.noticed)

    def bundles(
        self, base: str, findings: Findings
    ) -> Iterator[tuple[NamedNode, Iterator[Triple]]]:
        """Each nested provenance file, under its address in the research object."""
        yield from self.primary.bundles(base, findings)
        for name, part in self.nested.items():
            yield self._node(base, name), part.triples(base, Findings())
            yield from part.bundles(base, findings)

    def _node(self, base: str, name: str) -> NamedNode:
        path = "/".join(segment(part) for part in name.split("/"))
        return NamedNode(absolute(self._base(base), path))


def read_research_object(bundle: Bundle) -> ResearchObject:
    """Read a CWLProv or Taverna research object. Raises SourceError."""
    main = bundle.main
    if main is None:
        raise InvalidSource(
            "no file is named to start from", where=bundle.location, todo="name the file"
        )
    noticed = Findings()
    manifest = _manifest(bundle, noticed)
    primary = _read_part(bundle, main)
    nested: dict[str, _Part] = {}
    for name in _nested(bundle, main):
        try:
            nested[name] = _read_part(bundle, name)
        except SourceError as error:
            noticed.lost("provenance-file", error.where, error.what)
    values = {
        path: json_text.parse(bundle.read(path), bundle.where(path), noticed)
        for path in _JOBS
        if bundle.has(path)
    }
    description = Description(
        identifier=manifest.identifier if manifest else None,
        title=_title(bundle),
        profiles=manifest.profiles if manifest else (),
    )
    return ResearchObject(manifest, primary, nested, values, noticed, description)


def _manifest(bundle: Bundle, noticed: Findings) -> Manifest | None:
    for path in _MANIFESTS:
        if bundle.has(path):
            where = bundle.where(path)
            content = json_text.parse(bundle.read(path), where, noticed)
            if isinstance(content, dict):
                return Manifest(content, path, where)
            noticed.lost("manifest", where, "the manifest is no JSON object")
    return None


def _nested(bundle: Bundle, main: str) -> list[str]:
    """One spelling of each provenance file beside the primary one."""
    if not main.startswith(_PROVENANCE):
        return []
    found: dict[str, str] = {}
    for name in bundle.names():
        path = PurePosixPath(name)
        if name.startswith(_PROVENANCE) and path.suffix in _SPELLINGS:
            stem = name.removesuffix(path.suffix)
            best = found.setdefault(stem, name)
            if _SPELLINGS.index(path.suffix) < _SPELLINGS.index(PurePosixPath(best).suffix):
                found[stem] = name
    return [name for stem, name in sorted(found.items()) if stem != _PRIMARY]


def _read_part(bundle: Bundle, name: str) -> _Part:
    suffix = PurePosixPath(name).suffix
    if suffix in (".provn", ".json", ".xml"):
        records, findings = read_records(bundle, name)
        return RecordsDocument(records, findings, name, Description())
    return parse_rdf(bundle.read(name), SYNTAXES[suffix], name, bundle.where(name))


def _title(bundle: Bundle) -> str | None:
    """What the bag says it is, where it is one (RFC 8493, section 2.2.2)."""
    if not bundle.has("bag-info.txt"):
        return None
    text = bundle.read("bag-info.txt").decode("utf-8", errors="replace")
    for line in text.splitlines():
        label, _, value = line.partition(":")
        if label.strip().lower() == "external-description" and value.strip():
            return value.strip()
    return None
