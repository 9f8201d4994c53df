"""The format: which records there are, and which fields they have."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

FORMAT = "kg-labid"
VERSION = "1.0"
NAMESPACE = "https://w3id.org/kg-service/labid#"
PROFILE = "https://w3id.org/kg-service/labid/1.0"


class Value(Enum):
    """What a field holds."""

    TEXT = auto()
    NUMBER = auto()
    SCALAR = auto()  # text, number or truth value
    TIME = auto()  # ISO 8601 date, or date and time
    REFERENCE = auto()  # the id of a record in the document, or an IRI of one elsewhere
    RECORD = auto()  # an object with fields of its own


@dataclass(frozen=True)
class Field:
    """One field. ``many``: a list (one value alone is taken as a list of one).

    ``to`` are the kinds of record that a reference may name, or the one that a record is of.
    """

    value: Value = Value.TEXT
    required: bool = False
    many: bool = False
    to: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


def _ref(*kinds: str, required: bool = False) -> Field:
    return Field(Value.REFERENCE, required, to=kinds)


def _refs(*kinds: str, required: bool = False) -> Field:
    return Field(Value.REFERENCE, required, many=True, to=kinds)


def _part(kind: str) -> Field:
    return Field(Value.RECORD, to=(kind,))


def _parts(kind: str) -> Field:
    return Field(Value.RECORD, many=True, to=(kind,))


_TEXT = Field()
_NEEDED = Field(required=True)
_TEXTS = Field(many=True)
_TIME = Field(Value.TIME)
_COMMON = {
    **{"id": _NEEDED, "name": _NEEDED, "description": _TEXT},
    **{"identifiers": _TEXTS, "url": _TEXT},
}
_WHO_AND_WHEN = {"operators": _refs("Person"), "started": _TIME, "ended": _TIME}
_LAB = {"protocol": _ref("Protocol"), "instruments": _refs("Instrument")}

KINDS: dict[str, dict[str, Field]] = {
    "Person": {**_COMMON, "orcid": _TEXT, "email": _TEXT, "affiliation": _TEXT},
    "Project": {**_COMMON, "people": _refs("Person")},
    "Study": {**_COMMON, "project": _ref("Project"), "people": _refs("Person")},
    "Protocol": {**_COMMON, "version": _TEXT},
    "Instrument": {**_COMMON, "manufacturer": _TEXT, "model": _TEXT, "serialNumber": _TEXT},
    "Specimen": {
        **_COMMON,
        "type": _TEXT,
        "organism": _part("Term"),
        "characteristics": _parts("Quantity"),
        "studies": _refs("Study"),
        "collection": _part("Process"),
    },
    "Sample": {
        **_COMMON,
        "type": _TEXT,
        "derivedFrom": _refs("Specimen", "Sample"),
        "preparation": _part("Process"),
        "characteristics": _parts("Quantity"),
        "studies": _refs("Study"),
    },
    "Assay": {
        **_COMMON,
        **_WHO_AND_WHEN,
        **_LAB,
        "type": _TEXT,
        "technique": _part("Term"),
        "samples": _refs("Sample", "Specimen", required=True),
        "parameters": _parts("Quantity"),
        "studies": _refs("Study"),
    },
    "Dataset": {
        **_COMMON,
        "type": Field(choices=("raw", "processed")),
        "assay": _ref("Assay"),
        "derivedFrom": _refs("Dataset", "File"),
        "files": _parts("File"),
        "licence": _TEXT,
        "studies": _refs("Study"),
    },
    "Workflow": {**_COMMON, "version": _TEXT, "language": _TEXT},
    "WorkflowRun": {
        **{**_COMMON, "name": _TEXT},
        **_WHO_AND_WHEN,
        "workflow": _ref("Workflow", required=True),
        "engine": _part("Engine"),
        "inputs": _refs("Dataset", "File", "Sample"),
        "outputs": _refs("Dataset", "File"),
        "parameters": _parts("Quantity"),
        "status": Field(choices=("completed", "failed", "active")),
        "error": _TEXT,
        "partOf": _ref("WorkflowRun"),
        "studies": _refs("Study"),
    },
    # parts of records
    "File": {
        "id": _TEXT,
        "path": _NEEDED,
        "url": _TEXT,
        "size": Field(Value.NUMBER),
        "mediaType": _TEXT,
        "md5": _TEXT,
        "sha1": _TEXT,
        "sha256": _TEXT,
        "sha512": _TEXT,
    },
    "Process": {
        "id": _TEXT,
        "name": _TEXT,
        "description": _TEXT,
        **_WHO_AND_WHEN,
        **_LAB,
        "parameters": _parts("Quantity"),
        "place": _TEXT,
    },
    "Quantity": {
        "name": _NEEDED,
        "value": Field(Value.SCALAR, required=True),
        "unit": _TEXT,
        "term": _TEXT,
    },
    "Term": {"label": _NEEDED, "iri": _TEXT},
    "Engine": {"name": _NEEDED, "version": _TEXT},
}

SECTIONS = {
    "people": "Person",
    "projects": "Project",
    "studies": "Study",
    "protocols": "Protocol",
    "instruments": "Instrument",
    "specimens": "Specimen",
    "samples": "Sample",
    "assays": "Assay",
    "datasets": "Dataset",
    "workflows": "Workflow",
    "workflowRuns": "WorkflowRun",
}
"""The lists of a document, and the kind of their records."""

HEAD: dict[str, Field] = {
    "format": Field(required=True, choices=(FORMAT,)),
    "version": Field(required=True, choices=(VERSION,)),
    "id": _TEXT,
    "name": _NEEDED,
    "description": _TEXT,
    "licence": _TEXT,
    "visibility": Field(choices=("public", "internal", "restricted")),
    "groups": _TEXTS,
    "visibleFrom": _TIME,
    "exportedAt": _TIME,
    "exportedFrom": _TEXT,
}
"""What a document says of itself."""


def process_id(owner: str, name: str) -> str:
    """The id of a collection or preparation that has none: after what it made."""
    return f"{owner}-{name}" if "#" in owner else f"{owner}#{name}"


def file_id(dataset: str, path: str) -> str:
    """The id of a file that has none: after its dataset and path."""
    return f"{dataset.rstrip('/')}/{path.lstrip('/')}"
