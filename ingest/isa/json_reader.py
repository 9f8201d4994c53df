"""Reading ISA-JSON: an investigation, or a study (ISA Model and Serialization Specs 1.0)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ingest import json_text
from ingest.bundle import Bundle
from ingest.errors import InvalidSource
from ingest.findings import Findings
from ingest.isa.declare import declare
from ingest.isa.derivation import without_implied
from ingest.isa.document import IsaDocument
from ingest.isa.gather import Nodes, Scopes
from ingest.isa.json_arc import is_arc_export, unwrapped
from ingest.isa.json_nodes import Refs
from ingest.isa.json_table import TableReader, is_placeholder, protocol
from ingest.isa.keys import with_assay_keys, with_study_keys
from ingest.isa.model import (
    Assay,
    Factor,
    Investigation,
    OntologySource,
    Person,
    Protocol,
    Publication,
    Study,
)
from ingest.isa.paths import is_address
from ingest.isa.record import Ids, Record, cleaned, plain
from ingest.sniff import Sniff

_PROFILE = "https://isa-specs.readthedocs.io/en/latest/isajson.html"
_STUDY_KEYS = {
    "materials",
    "processSequence",
    "assays",
    "protocols",
    "factors",
    "filename",
    "identifier",
    "title",
    "people",
    "publications",
    "submissionDate",
    "publicReleaseDate",
    "characteristicCategories",
    "unitCategories",
    "studyDesignDescriptors",
}
_ONLY_ISA = {"materials", "processSequence", "assays", "studyDesignDescriptors"}


def is_isa_json(sniff: Sniff) -> bool:
    """Whether a file is an ISA-JSON investigation, or surely an ISA-JSON study."""
    content = unwrapped(sniff.json)
    if not isinstance(content, dict) or "$schema" in content or "@graph" in content:
        return False
    studies = content.get("studies")
    if isinstance(studies, list):
        if not studies:
            return "ontologySourceReferences" in content
        surely = "ontologySourceReferences" in content
        return all(isinstance(s, dict) and _is_part_of_isa(s, surely) for s in studies)
    return _is_study(content)


def _is_part_of_isa(study: dict[str, Any], surely: bool) -> bool:
    return len(_STUDY_KEYS & set(study)) > 1 and (surely or not _ONLY_ISA.isdisjoint(study))


def _is_study(content: dict[str, Any]) -> bool:
    materials = content.get("materials")
    return (
        isinstance(content.get("processSequence"), list)
        and isinstance(materials, dict)
        and "sources" in materials
    )


def read_json(bundle: Bundle) -> IsaDocument:
    """Read an ISA-JSON file. Raises UnreadableSource (no JSON), InvalidSource (no ISA)."""
    noticed = Findings()
    name = bundle.main or next(iter(bundle.names()), "")
    where = bundle.where(name)
    content = cleaned(json_text.parse(bundle.read(name), where, noticed), name, noticed)
    if not isinstance(content, dict):
        raise InvalidSource(
            f"a JSON {type(content).__name__} where an object is expected",
            where=where,
            todo="check that it is ISA-JSON",
        )
    content = unwrapped(content)
    bare = not isinstance(content.get("studies"), list)
    if bare and not _is_study(content):
        raise InvalidSource(
            "neither an ISA-JSON investigation (no list 'studies') nor a study",
            where=where,
            todo="check that it is ISA-JSON",
        )
    reader = _Reader(content, noticed)
    investigation = reader.bare_study() if bare else reader.investigation()
    return IsaDocument(investigation, noticed, (_PROFILE,), name)


class _Reader:
    def __init__(self, content: dict[str, Any], findings: Findings) -> None:
        self._root = Record(content, "$", findings)
        self._findings = findings
        self._ids = Ids(content)
        self._files = Nodes()
        self._is_arc = is_arc_export(content)

    def bare_study(self) -> Investigation:
        studies = with_study_keys([self._study(self._root)], "$", self._findings)
        return Investigation(studies=studies, files=self._files.freeze(), implied=True)

    def investigation(self) -> Investigation:
        root = self._root
        studies = [self._study(r) for r in root.records("studies")]
        made = Investigation(
            identifier=root.text("identifier"),
            title=root.text("title"),
            description=root.text("description"),
            submission_date=root.text("submissionDate"),
            public_release_date=root.text("publicReleaseDate"),
            filename=root.text("filename"),
            ontology_sources=tuple(
                _ontology_source(r) for r in root.records("ontologySourceReferences")
            ),
            publications=tuple(_publication(r) for r in root.records("publications")),
            people=tuple(_person(r) for r in root.records("people")),
            comments=root.comments(),
            studies=with_study_keys(studies, "$.studies", self._findings),
            files=self._files.freeze(),
        )
        root.finish()
        return made

    def _study(self, record: Record) -> Study:
        ids = Ids(record.data, skip="assays", outer=self._ids)
        nodes = Nodes()
        protocols: dict[str, Protocol] = {}
        for item in record.records("protocols"):
            made = protocol(item)
            if not is_placeholder(item, made):
                protocols.setdefault(made.name, made)
        factors = tuple(_factor(r) for r in record.records("factors"))
        scopes = Scopes(self._files, nodes, nodes)
        reader = TableReader(ids, scopes, {}, protocols, self._is_arc)
        table, refs = reader.read(record)
        assays = [self._assay(r, ids, nodes, refs, protocols) for r in record.records("assays")]
        nodes_read = without_implied(nodes.freeze(), table, [a.table for a in assays])
        study = Study(
            key="",
            identifier=record.text("identifier"),
            title=record.text("title"),
            description=record.text("description"),
            submission_date=record.text("submissionDate"),
            public_release_date=record.text("publicReleaseDate"),
            filename=record.text("filename"),
            design_descriptors=record.annotations("studyDesignDescriptors"),
            publications=tuple(_publication(r) for r in record.records("publications")),
            factors=factors,
            protocols=tuple(protocols.values()),
            people=tuple(_person(r) for r in record.records("people")),
            comments=record.comments(),
            assays=with_assay_keys(assays),
            table=replace(table, nodes=nodes_read),
        )
        record.finish()
        return declare(study, record.path, self._findings)

    def _assay(
        self, record: Record, ids: Ids, nodes: Nodes, refs: Refs, protocols: dict[str, Protocol]
    ) -> Assay:
        scopes = Scopes(self._files, nodes, Nodes())
        reader = TableReader(Ids(record.data, outer=ids), scopes, refs, protocols, self._is_arc)
        table, _refs = reader.read(record)
        made = Assay(
            key="",
            filename=record.text("filename"),
            identifier=record.text("identifier"),
            title=record.text("title"),
            description=record.text("description"),
            measurement_type=record.annotation("measurementType"),
            technology_type=record.annotation("technologyType"),
            technology_platform=record.text("technologyPlatform"),
            people=tuple(
                _person(r) for r in (*record.records("people"), *record.records("performers"))
            ),
            comments=record.comments(),
            table=table,
        )
        record.finish()
        return made


def _ontology_source(record: Record) -> OntologySource:
    made = OntologySource(
        record.text("name"),
        record.text("file"),
        record.text("version"),
        record.text("description"),
        record.comments(),
    )
    record.finish()
    return made


def _factor(record: Record) -> Factor:
    made = Factor(record.text("factorName"), record.annotation("factorType"), record.comments())
    record.finish()
    return made


def _publication(record: Record) -> Publication:
    made = Publication(
        record.text("pubMedID"),
        record.text("doi"),
        record.text("authorList"),
        record.text("title"),
        record.annotation("status"),
        record.comments(),
    )
    record.finish()
    return made


def _person(record: Record) -> Person:
    identity = plain(record.data.get("@id"))
    made = Person(
        record.text("firstName"),
        record.text("midInitials"),
        record.text("lastName"),
        record.text("email"),
        record.text("phone"),
        record.text("fax"),
        record.text("address"),
        record.text("affiliation"),
        record.annotations("roles"),
        record.comments(),
        identity if is_address(identity) else "",
        record.text("orcid"),
    )
    record.finish()
    return made
