"""What tells that a JSON object is one of ICAT's, and of which kind.

Wrapped objects name their kind: ``{"Dataset": {…}}``. Bare ones, of the DataGateway API and
of ICAT+, are known by fields that in this combination only ICAT's schema has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ingest.icat import schema
from ingest.icat.schema import words

_PARAMETER = re.compile(r"(Dataset|Datafile|Sample|Investigation|DataCollection)Parameter")
# kinds of bare object, the most telling first: all of the one set, at least one of the other
_SIGNS: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = (
    ("Job", frozenset(), words("inputDataCollection outputDataCollection")),
    ("Job", words("jobId datasetIds"), words("workflow status identifier")),
    (
        "DataCollection",
        words("id"),
        words(
            "dataCollectionDatasets dataCollectionDatafiles dataCollectionInvestigations "
            "jobsAsInput jobsAsOutput"
        ),
    ),
    ("DataPublication", words("id pid"), words("content publicationDate")),
    ("InvestigationUser", words("role"), words("investigationId investigationName")),
    ("InvestigationUser", words("role user investigation"), words("id createId user")),
    ("InstrumentScientist", words("user instrument"), words("id createId")),
    ("ParameterType", words("id name"), words("applicableToDataset applicableToDatafile")),
    ("ParameterType", words("id name valueType enforced"), words("units verified facility")),
    ("Datafile", words("id name"), words("datafileModTime datafileCreateTime dataset.id")),
    ("Datafile", words("id name location"), words("datafileFormat isReleased")),
    ("Datafile", words("id name location fileSize"), words("dataset checksum createId")),
    ("Investigation", words("id name"), words("visitId investigationUsers canAccessDatasets")),
    (
        "Dataset",
        words("id name location"),
        words("sampleName sampleId instrumentName outputDatasets datasetParameters complete"),
    ),
    ("Dataset", words("id name investigation"), words("location startDate endDate type complete")),
    ("Dataset", words("id name complete"), words("createId sample datafiles investigation.id")),
    ("Dataset", words("id name"), words("investigation.id")),
    ("Sample", words("id name investigation"), words("datasets parameters modTime")),
    ("DatasetParameter", words("id name value"), words("datasetId")),
    ("User", words("name fullName"), words("orcidId")),
    ("User", words("id name fullName"), words("orcid givenName familyName affiliation")),
)
_LIGHT_DATAFILE = words("id name location fileSize")
_AUDIT = words("id createId createTime modId modTime")
# envelopes around objects, which do not tell the kind
_ENVELOPES = words("data results content items hits answers")


def entity_named(name: str) -> str | None:
    """The kind that a key is called after: ``Dataset``, ``dataset``, ``datasets``; else None."""
    return _NAMES.get(name.lower())


_NAMES = {
    spelled.lower(): entity
    for entity in schema.ENTITIES
    for spelled in (entity, f"{entity}s", *([f"{entity[:-1]}ies"] if entity.endswith("y") else []))
}


def unwrapped(value: Mapping[str, Any]) -> list[tuple[str, str | None, Any]]:
    """The objects in an envelope: key, kind where the key tells it, and content.

    ``{"Dataset": {…}}`` is one; so are ``{"datasets": […], …}`` and ``{"data": […], "meta": …}``.
    An object of ICAT, whose relations look alike, has an id.
    """
    if value.keys() & {"id", "_id", "name"}:
        return _search_hit(value)
    named: list[tuple[str, str | None, Any]] = [
        (name, entity, part)
        for name, part in value.items()
        if (entity := entity_named(name)) is not None and isinstance(part, (dict, list))
    ]
    if named:
        return named
    return [
        (name, None, part)
        for name, part in value.items()
        if name in _ENVELOPES and isinstance(part, list)
    ]


def _search_hit(value: Mapping[str, Any]) -> list[tuple[str, str | None, Any]]:
    """icat.server, search/documents: an object with its id and score around its stored fields."""
    source = value.get("source")
    if "score" in value and isinstance(source, dict):
        return [("source", None, {"id": value.get("id"), **source})]
    return []


def kind_of(value: Mapping[str, Any]) -> str | None:
    """The kind of a bare object by its fields; None where they are not evidence enough."""
    keys = value.keys()
    identifier = value.get("id", value.get("_id"))
    if identifier is not None and not _is_number(identifier) and "jobId" not in keys:
        return None
    for entity, needed, telling in _SIGNS:
        if needed <= keys and keys & telling:
            return entity
    if keys == _LIGHT_DATAFILE:
        return "Datafile"
    return None


def _is_number(identifier: Any) -> bool:
    if isinstance(identifier, bool):
        return False
    if isinstance(identifier, (int, float)):
        return True
    return isinstance(identifier, str) and identifier.isascii() and identifier.isdigit()


def is_answer(value: Any, depth: int = 0) -> bool:
    """Whether most of the objects at the start of a JSON value are ICAT's."""
    if depth > 4:
        return False
    if isinstance(value, list):
        sample = value[:100]
        hits = [item for item in sample if isinstance(item, (dict, list))]
        found = sum(is_answer(item, depth + 1) for item in hits)
        return found * 2 > len(hits)
    if not isinstance(value, dict):
        return False
    inner = unwrapped(value)
    if not inner:
        return kind_of(value) is not None
    for _name, entity, part in inner:
        if entity is not None and _is_of(part, entity):
            return True
        if entity is None and is_answer(part, depth + 1):
            return True
    return False


def _is_of(part: Any, entity: str) -> bool:
    """Whether what stands under a kind's name has the fields of ICAT's objects."""
    objects = part if isinstance(part, list) else [part]
    for item in objects[:20]:
        if not isinstance(item, dict):
            continue
        if kind_of(item) == entity or _PARAMETER.fullmatch(entity):
            return True
        keys = item.keys()
        if len(keys & _AUDIT) >= 3 or keys == {"id"}:
            return True
        known = sum(
            schema.is_known_attribute(k) or schema.target_of(entity, k) is not None for k in keys
        )
        if "id" in keys and _is_number(item["id"]) and known * 2 > len(keys):
            return True
    return False
