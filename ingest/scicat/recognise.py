"""Whether a file, or a folder of collection files, is an export of SciCat records."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ingest.bundle import Bundle
from ingest.errors import SourceError
from ingest.json_records import is_lines
from ingest.scicat.collect import collection_files, collection_kind, sample_of
from ingest.scicat.extended import TooDeepError, plain
from ingest.scicat.kinds import Kind, is_facets, is_of, kind_named, kind_of, mostly_records
from ingest.sniff import Sniff

_SAMPLE = 200
# in a file that is no valid JSON, these still tell what it was meant to be
_MARKS = re.compile(
    r'"(sourceFolder|datasetlifecycle|scientificMetadata|orcidOfOwner|dataFileList|ownerGroup|'
    r"sampleCharacteristics|pidArray|MeasurementPeriodList|principalInvestigators?|inputDatasets|"
    r'accessGroups|datasetName)"\s*:'
)


def is_scicat_export(sniff: Sniff) -> bool:
    """An array of records, one record, an object of collections, or one record a line."""
    if not sniff.head.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return False
    if sniff.json is None:
        return _looks_meant(sniff)
    try:
        value = plain(sniff.json)
    except TooDeepError:
        return False
    if _is_export(value):
        return True
    kind = collection_kind(sniff.name.rpartition("/")[2])
    return kind is not None and isinstance(value, list) and _are_of(value[:_SAMPLE], kind)


def _is_export(value: Any) -> bool:
    if isinstance(value, list):
        return mostly_records(value[:_SAMPLE]) or is_facets(value)
    if not isinstance(value, dict):
        return False
    if kind_of(value) is not None:
        return True
    collections = [
        (kind, content)
        for key, content in value.items()
        if (kind := kind_named(key)) is not None and isinstance(content, (list, dict))
    ]
    if collections:
        return any(_has_records(content, kind) for kind, content in collections)
    return len(value) > 1 and mostly_records(list(value.values()))


def _has_records(content: list[Any] | dict[str, Any], kind: Kind) -> bool:
    """Whether a member that is called after a collection does hold such records."""
    items = content if isinstance(content, list) else [content, *content.values()]
    return any(isinstance(i, dict) and kind_of(i) is kind for i in items[:_SAMPLE])


def _looks_meant(sniff: Sniff) -> bool:
    if is_lines(sniff.content):
        values = sample_of(sniff.content, sniff.name, _SAMPLE)
        if values is not None:
            return mostly_records(values)
    return len(set(_MARKS.findall(sniff.head))) >= 2


def mains(folder: Bundle, names: Sequence[str]) -> list[str]:
    """The main file of a folder that holds two collections or more, such as Dataset.json."""
    files = collection_files(list(names))
    if len(files) < 2:
        return []
    confirmed = [name for name, kind in files if _is_collection(folder, name, kind)]
    return confirmed[:1] if len(confirmed) >= 2 else []


def _is_collection(folder: Bundle, name: str, kind: Kind) -> bool:
    try:
        values = sample_of(folder.peek(name), folder.where(name), _SAMPLE)
    except SourceError:
        return False
    return values is not None and _are_of(values, kind)


def _are_of(values: list[Any], kind: Kind) -> bool:
    """Whether all are such records, by the collection's name and MongoDB's id if not by fields."""
    return (
        bool(values)
        and all(isinstance(v, dict) and is_of(v, kind) for v in values)
        and any(kind_of(v) is not None or "_id" in v for v in values)
    )
