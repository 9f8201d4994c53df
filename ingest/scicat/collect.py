"""From files to SciCat records: arrays, single records, named collections, lines of JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from ingest.errors import InvalidSource, SourceError
from ingest.findings import Findings
from ingest.json_records import is_lines, values
from ingest.json_text import decode
from ingest.scicat.extended import TooDeepError, plain
from ingest.scicat.kinds import (
    DATABLOCK,
    DATASET,
    ORIG_DATABLOCK,
    Kind,
    collection_named,
    is_facets,
    is_of,
    kind_named,
    kind_of,
    mostly_records,
)


@dataclass(frozen=True)
class Record:
    """One record; ``where`` is its file and JSON path, ``key`` its name in an object of records."""

    kind: Kind
    data: dict[str, Any]
    where: str
    key: str | None = None


@dataclass
class Records:
    """All records of a source; ``about`` is what an export says of itself beside them."""

    records: list[Record] = field(default_factory=list)
    about: dict[str, Any] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)

    def add(self, where: str, content: bytes, hint: Kind | None) -> None:
        """Read one file into it; ``hint`` is what its name tells.

        Raises UnreadableSource, InvalidSource.
        """
        for value, place in values(content, where, self.findings):
            self._take(plain(value), place, hint)

    def _take(self, value: Any, where: str, hint: Kind | None) -> None:
        if is_facets(value):
            raise InvalidSource(
                "counts of datasets (fullfacet), no records",
                where=where,
                todo="save the answer of /datasets/fullquery or /datasets instead",
            )
        if isinstance(value, list):
            for number, item in enumerate(value):
                self._one(item, f"{where}[{number}]", hint)
        elif isinstance(value, dict) and _kind(value, hint) is None:
            self._collections(value, where)
        else:
            self._one(value, where, hint)

    def _collections(self, value: dict[str, Any], where: str) -> None:
        by_name = mostly_records(list(value.values()))
        for key, content in value.items():
            kind = kind_named(key)
            place = f"{where}.{key}"
            if by_name and not isinstance(content, list):
                self._one(content, place, kind, key)
            elif kind is None or not isinstance(content, (list, dict)):
                self.about[key] = content
            elif isinstance(content, dict) and _kind(content, kind) is None:
                for name, item in content.items():
                    self._one(item, f"{place}.{name}", kind, name)
            else:
                self._take(content, place, kind)

    def _one(self, value: Any, where: str, hint: Kind | None, key: str | None = None) -> None:
        if not isinstance(value, dict):
            self.findings.lost("no-record", where, f"{json.dumps(value, default=str)[:80]}")
            return
        kind = _kind(value, hint)
        if kind is None and hint is not None and value:
            kind = hint
            self.findings.warned("odd-record", where, f"taken as {hint.name}: {_fields(value)}")
        if kind is None:
            self.findings.lost("no-record", where, f"no kind of SciCat record: {_fields(value)}")
            return
        self.records.append(Record(kind, value, where, key))


def _kind(value: dict[str, Any], hint: Kind | None) -> Kind | None:
    """The kind by the fields; where they do not tell, by the name of the collection."""
    found = kind_of(value)
    blocks = (DATABLOCK, ORIG_DATABLOCK)
    if hint is not None and (found is None or (found in blocks and hint in blocks)):
        return hint if is_of(value, hint) else found
    return found


def _fields(value: dict[str, Any]) -> str:
    return ", ".join(list(value)[:8]) or "no fields"


def collection_kind(name: str) -> Kind | None:
    """The kind that a file of a folder of collections holds, by the file's name."""
    path = PurePosixPath(name)
    if path.suffix.lower() not in (".json", ".ndjson", ".jsonl"):
        return None
    return collection_named(path.stem.rpartition(".")[2])


def collection_files(names: list[str]) -> list[tuple[str, Kind]]:
    """The files directly in a folder that are called after a collection, datasets first."""
    found = [(n, kind) for n in names if "/" not in n and (kind := collection_kind(n)) is not None]
    return sorted(found, key=lambda pair: (pair[1] is not DATASET, pair[0]))


def sample_of(content: bytes, where: str, most: int) -> list[Any] | None:
    """Up to ``most`` values that could be records; None where it is no JSON at all."""
    try:
        if is_lines(content):
            lines = [x for x in content.splitlines() if x.strip()][:most]
            return [plain(json.loads(line)) for line in lines]
        value = plain(json.loads(decode(content, where)))
    except (ValueError, RecursionError, TooDeepError, SourceError):
        return None
    return value[:most] if isinstance(value, list) else [value]
