"""The kinds of SciCat record, and how a record shows of which kind it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NAMESPACE = "https://w3id.org/kg-service/scicat#"


def words(text: str) -> frozenset[str]:
    """The names in a text, separated by spaces and line ends."""
    return frozenset(text.split())


@dataclass(frozen=True)
class Kind:
    """One collection of SciCat. ``identifier`` is its own id's name; MongoDB stores it as ``_id``.

    ``path`` is what the REST interface calls the collection. ``fields`` are names of the kind's
    own that hint at it where a collection's name tells the kind already.
    """

    name: str
    path: str
    identifier: str
    fields: frozenset[str] = frozenset()


_COMMON = "_id id owner ownerGroup accessGroups createdBy updatedBy createdAt updatedAt isPublished"


def _kind(name: str, path: str, identifier: str, fields: str) -> Kind:
    return Kind(name, path, identifier, words(f"{identifier} {_COMMON} {fields}"))


DATASET = _kind(
    "Dataset",
    "datasets",
    "pid",
    """type datasetName sourceFolder sourceFolderHost contactEmail creationTime creationLocation
    ownerEmail orcidOfOwner size packedSize numberOfFiles numberOfFilesArchived datasetlifecycle
    scientificMetadata principalInvestigator principalInvestigators investigator inputDatasets
    usedSoftware jobParameters jobLogData sampleId sampleIds proposalId proposalIds instrumentId
    instrumentIds techniques relationships keywords license classification description dataFormat
    startTime endTime runNumber history validationStatus""",
)
SAMPLE = _kind(
    "Sample",
    "samples",
    "sampleId",
    "sampleName sampleCharacteristics description proposalId parentSampleId",
)
INSTRUMENT = _kind("Instrument", "instruments", "pid", "name uniqueName customMetadata")
PROPOSAL = _kind(
    "Proposal",
    "proposals",
    "proposalId",
    """title abstract email firstname lastname pi_email pi_firstname pi_lastname startTime endTime
    MeasurementPeriodList metadata parentProposalId instrumentIds""",
)
ORIG_DATABLOCK = _kind(
    "OrigDatablock", "origdatablocks", "_id", "datasetId dataFileList size chkAlg rawDatasetId"
)
DATABLOCK = _kind(
    "Datablock",
    "datablocks",
    "_id",
    "datasetId dataFileList size packedSize chkAlg archiveId archivePath version",
)
PUBLISHED_DATA = _kind(
    "PublishedData",
    "publisheddata",
    "doi",
    """title abstract creator authors publisher publicationYear resourceType pidArray datasetPids
    dataDescription url downloadLink registeredTime relatedPublications scicatUser thumbnail status
    numberOfFiles sizeOfArchive affiliation metadata""",
)
JOB = _kind(
    "Job",
    "jobs",
    "_id",
    """type jobParams jobResultObject jobStatusMessage emailJobInitiator ownerUser contactEmail
    statusCode statusMessage datasetList creationTime executionTime configVersion""",
)
ATTACHMENT = _kind(
    "Attachment", "attachments", "_id", "thumbnail caption datasetId proposalId sampleId aid"
)
LOGBOOK = _kind("Logbook", "logbooks", "name", "roomId messages")
POLICY = _kind("Policy", "policies", "_id", "manager tapeRedundancy autoArchiveDelay")

_NAMES: dict[str, Kind] = {
    "dataset": DATASET,
    "datasets": DATASET,
    "publisheddata": PUBLISHED_DATA,
    "publisheddatas": PUBLISHED_DATA,
    "policy": POLICY,
    "policies": POLICY,
    **{
        f"{kind.name.lower()}{plural}": kind
        for kind in (
            SAMPLE,
            INSTRUMENT,
            PROPOSAL,
            ORIG_DATABLOCK,
            DATABLOCK,
            JOB,
            ATTACHMENT,
            LOGBOOK,
        )
        for plural in ("", "s")
    },
}

_NARROWER_NAMES = {
    f"{narrower}dataset{plural}": DATASET for narrower in ("raw", "derived") for plural in ("", "s")
}

# what hardly any record but a dataset of SciCat has
_DATASET_MARKS = words("""
    datasetName sourceFolder sourceFolderHost creationLocation ownerEmail orcidOfOwner packedSize
    numberOfFilesArchived datasetlifecycle scientificMetadata principalInvestigator
    principalInvestigators inputDatasets usedSoftware jobParameters jobLogData""")
_JOB_MARKS = words("jobParams jobResultObject jobStatusMessage emailJobInitiator")
_PUBLICATION_MARKS = words("pidArray datasetPids")
_PUBLICATION_SIGNS = words("doi creator publisher publicationYear resourceType dataDescription")
_PROPOSAL_MARKS = words("pi_email pi_firstname pi_lastname MeasurementPeriodList")
_DATABLOCK_SIGNS = words("archiveId archivePath packedSize")
_SAMPLE_SIGNS = words("sampleName description owner ownerGroup")
_NO_LETTERS = re.compile(r"[^a-z]")


def collection_named(name: str) -> Kind | None:
    """The kind of a collection of the database, by its name in any usual spelling."""
    return _NAMES.get(_NO_LETTERS.sub("", name.lower()))


def kind_named(name: str) -> Kind | None:
    """The kind that a key is called after: a collection's name, or ``rawDatasets`` and the like."""
    return collection_named(name) or _NARROWER_NAMES.get(_NO_LETTERS.sub("", name.lower()))


def kind_of(record: Mapping[str, Any]) -> Kind | None:
    """The kind of a record by its fields alone; None where they are not evidence enough."""
    keys = record.keys()
    if isinstance(record.get("dataFileList"), list) and not keys & {"sourceFolder", "datasetName"}:
        return DATABLOCK if keys & _DATABLOCK_SIGNS else ORIG_DATABLOCK
    if keys & _JOB_MARKS:
        return JOB
    if keys & _PUBLICATION_MARKS or ("title" in keys and len(keys & _PUBLICATION_SIGNS) >= 3):
        return PUBLISHED_DATA
    if _is_dataset(record):
        return DATASET
    if keys & _PROPOSAL_MARKS or {"proposalId", "title"} <= keys:
        return PROPOSAL
    if "sampleCharacteristics" in keys or ("sampleId" in keys and keys & _SAMPLE_SIGNS):
        return SAMPLE
    if "name" in keys and keys & {"uniqueName", "customMetadata"}:
        return INSTRUMENT
    if {"thumbnail", "caption"} <= keys:
        return ATTACHMENT
    if {"manager", "tapeRedundancy"} <= keys:
        return POLICY
    if {"name", "roomId", "messages"} <= keys:
        return LOGBOOK
    return None


def _is_dataset(record: Mapping[str, Any]) -> bool:
    keys = record.keys()
    named = bool(keys & {"pid", "_id", "datasetName", "sourceFolder"})
    known = len(keys & DATASET.fields)
    return named and known >= 3 and bool(keys & _DATASET_MARKS) and "datasetId" not in keys


def mostly_records(values: Sequence[Any]) -> bool:
    """Whether more than half of the values are records by their fields alone."""
    records = [v for v in values if isinstance(v, dict) and kind_of(v) is not None]
    return len(records) * 2 > len(values)


def is_of(record: Mapping[str, Any], hint: Kind) -> bool:
    """Whether a record can be of the kind that its collection's name tells."""
    return len(record.keys() & hint.fields) >= 2


def identifier_of(record: Mapping[str, Any], kind: Kind) -> str | None:
    """A record's own id; None where it has none that is a text or a number."""
    for name in (kind.identifier, "_id", "id", *(["aid"] if kind is ATTACHMENT else [])):
        value = record.get(name)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return None


def is_facets(value: Any) -> bool:
    """Whether it is an answer of ``/datasets/fullfacet``: counts by field, and no record."""
    if not isinstance(value, list) or len(value) != 1 or not isinstance(value[0], dict):
        return False
    everything = value[0].get("all")
    return isinstance(everything, list) and all(
        isinstance(item, dict) and "totalSets" in item for item in everything
    )
