"""The kinds of record of the PaN search API, and how a record shows of which kind it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """One model. ``path`` is its collection; ``part`` says that its ids hold within its owner."""

    name: str
    path: str
    identifier: str = "pid"
    part: bool = False


DATASET = Kind("Dataset", "datasets")
DOCUMENT = Kind("Document", "documents")
INSTRUMENT = Kind("Instrument", "instruments")
SAMPLE = Kind("Sample", "samples")
TECHNIQUE = Kind("Technique", "techniques")
PARAMETER = Kind("Parameter", "parameters", "id", part=True)
FILE = Kind("File", "files", "id", part=True)
MEMBER = Kind("Member", "members", "id", part=True)
PERSON = Kind("Person", "persons", "id")
AFFILIATION = Kind("Affiliation", "affiliations", "id")

KINDS = (
    DATASET, DOCUMENT, INSTRUMENT, SAMPLE, TECHNIQUE, PARAMETER, FILE, MEMBER, PERSON, AFFILIATION,
)  # fmt: skip
_BY_NAME = {name: kind for kind in KINDS for name in (kind.name.lower(), kind.path)} | {
    "people": PERSON
}


@dataclass(frozen=True)
class Relation:
    """A relation as the graph writes it: from ``subject``'s kind by ``name`` to ``object``'s."""

    subject: Kind
    name: str
    object: Kind


_FILES = Relation(DATASET, "files", FILE)
_INSTRUMENT = Relation(DATASET, "instrument", INSTRUMENT)
_SAMPLES = Relation(DATASET, "samples", SAMPLE)
_TECHNIQUES = Relation(DATASET, "techniques", TECHNIQUE)
_DATASETS = Relation(DOCUMENT, "datasets", DATASET)
_MEMBERS = Relation(DOCUMENT, "members", MEMBER)
_PERSON = Relation(MEMBER, "person", PERSON)
_AFFILIATION = Relation(MEMBER, "affiliation", AFFILIATION)
_DATASET_PARAMETERS = Relation(DATASET, "parameters", PARAMETER)
_DOCUMENT_PARAMETERS = Relation(DOCUMENT, "parameters", PARAMETER)

# what a field of a record of a kind holds, as objects or (with Id at its end) as identifiers
RELATIONS: dict[tuple[Kind, str], Relation] = {
    (DATASET, "files"): _FILES,
    (DATASET, "instrument"): _INSTRUMENT,
    (DATASET, "samples"): _SAMPLES,
    (DATASET, "techniques"): _TECHNIQUES,
    (DATASET, "parameters"): _DATASET_PARAMETERS,
    (DATASET, "documents"): _DATASETS,
    (DATASET, "document"): _DATASETS,
    (DOCUMENT, "datasets"): _DATASETS,
    (DOCUMENT, "members"): _MEMBERS,
    (DOCUMENT, "parameters"): _DOCUMENT_PARAMETERS,
    (INSTRUMENT, "datasets"): _INSTRUMENT,
    (SAMPLE, "datasets"): _SAMPLES,
    (TECHNIQUE, "datasets"): _TECHNIQUES,
    (FILE, "dataset"): _FILES,
    (PARAMETER, "dataset"): _DATASET_PARAMETERS,
    (PARAMETER, "document"): _DOCUMENT_PARAMETERS,
    (MEMBER, "document"): _MEMBERS,
    (MEMBER, "person"): _PERSON,
    (MEMBER, "affiliation"): _AFFILIATION,
    (MEMBER, "affiliations"): _AFFILIATION,
    (PERSON, "members"): _PERSON,
    (AFFILIATION, "members"): _AFFILIATION,
}
# tables of pairs in a dump, by the fields that hold the two identifiers
PAIRS: dict[frozenset[str], Relation] = {
    frozenset({"datasetId", "sampleId"}): _SAMPLES,
    frozenset({"datasetId", "techniqueId"}): _TECHNIQUES,
    frozenset({"documentId", "datasetId"}): _DATASETS,
}

_DOCUMENT_SIGNS = frozenset(
    [
        "type",
        "summary",
        "doi",
        "startDate",
        "endDate",
        "releaseDate",
        "license",
        "members",
        "keywords",
        "datasets",
    ]
)
_OTHER_CATALOGUES = frozenset(
    [
        "datasetName",
        "sourceFolder",
        "ownerGroup",
        "scientificMetadata",
        "uniqueName",
        "creators",
        "attributes",
        "resourceTypeGeneral",
    ]
)


def kind_named(name: str) -> Kind | None:
    """The kind that a model or collection is called after."""
    return _BY_NAME.get(name.lower())


def kind_of(record: Mapping[str, Any]) -> Kind | None:
    """The kind of a record by its fields alone; None where they are not evidence enough."""
    keys = record.keys()
    if "pid" not in keys or keys & _OTHER_CATALOGUES:
        return None
    if "title" in keys and ("isPublic" in keys or _has_parts(record)):
        return DOCUMENT if keys & _DOCUMENT_SIGNS else DATASET
    if {"name", "facility"} <= keys:
        return INSTRUMENT
    return TECHNIQUE if {"name", "panetId"} <= keys else None


def _has_parts(record: Mapping[str, Any]) -> bool:
    """Whether it includes what only records of this API do, where ``isPublic`` was left out."""
    found = [(k, v) for k, v in record.items() if isinstance(v, list) and v]
    found += [(k, [v]) for k, v in record.items() if isinstance(v, dict)]
    for name, items in found:
        first = items[0]
        if not isinstance(first, dict):
            continue
        if name == "techniques" and {"pid", "name"} <= first.keys():
            return True
        if name == "parameters" and {"name", "value"} <= first.keys():
            return True
        if name in ("datasets", "documents", "instrument") and kind_of(first) is not None:
            return True
        if name == "members" and first.keys() & {"person", "affiliation", "role"}:
            return True
    return False


def mostly_records(values: Sequence[Any]) -> bool:
    """Whether more than half of the values are records by their fields alone."""
    records = [v for v in values if isinstance(v, dict) and kind_of(v) is not None]
    return len(records) * 2 > len(values)


def identifier_of(record: Mapping[str, Any], kind: Kind) -> str | None:
    """A record's own id; None where it has none that is a text or a number."""
    for name in dict.fromkeys((kind.identifier, "pid", "id", "_id")):
        value = record.get(name)
        if isinstance(value, (str, int)) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return None
