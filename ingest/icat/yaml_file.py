"""ICAT data files in YAML: one document a chunk, one section a kind of object."""

from __future__ import annotations

import re
from contextlib import suppress
from email.utils import parsedate_to_datetime

from ingest.errors import InvalidSource
from ingest.icat import schema
from ingest.icat.keys import ByAttributes, ByKey, Reference, by_attributes
from ingest.icat.records import DataFile, Record
from ingest.icat.yaml_text import YamlMapping, YamlSequence, YamlValue, documents

_HEAD_LINE = re.compile(r"#\s*(Date|Service|ICAT-API|Generator):\s*(.*\S)")
_HEAD_NAMES = {
    "Date": "date",
    "Service": "service",
    "ICAT-API": "apiversion",
    "Generator": "generator",
}


def read_yaml(content: bytes, where: str) -> DataFile:
    """All objects of a YAML data file. Raises UnreadableSource, InvalidSource."""
    reading = _Reading(where)
    reading.data.head = _head(content)
    for chunk, document in enumerate(documents(content, where), start=1):
        if document is not None:
            reading.chunk(document, chunk)
    _find_unknown_relations(reading.data)
    return reading.data


def _head(content: bytes) -> dict[str, str]:
    """The comment lines before the first document, in the words of the XML head."""
    found: dict[str, str] = {}
    for line in content[:4096].decode("utf-8-sig", errors="replace").splitlines():
        if line and not line.startswith(("#", "%", "---")):
            break
        if match := _HEAD_LINE.match(line):
            found.setdefault(_HEAD_NAMES[match[1]], match[2])
    if "date" in found:
        # what is no date is kept as it was written, and the graph warns of it
        with suppress(ValueError):
            found["date"] = parsedate_to_datetime(found["date"]).isoformat()
    return found


class _Reading:
    """The state of reading one file."""

    def __init__(self, where: str) -> None:
        self.data = DataFile()
        self._where = where

    def chunk(self, document: YamlValue, number: int) -> None:
        if not isinstance(document, YamlMapping):
            raise InvalidSource(
                f"document {number} is no mapping of kinds of objects",
                where=self._where,
                todo="check that it is an ICAT data file",
            )
        for tag, section in document.pairs:
            if not isinstance(tag, str):
                self._lose("section", f"line {document.line}", "a section without a name")
                continue
            entity = schema.entity_of(tag)
            if entity not in schema.ENTITIES:
                self.data.findings.warned("unknown-entity", f"{self._where}: {tag}", entity)
            if isinstance(section, YamlMapping):
                self._section(entity, section, number)
            elif isinstance(section, YamlSequence):
                for item in section.items:
                    self._object(entity, None, item, number)
            elif section is not None:
                self._lose("section", tag, section)

    def _section(self, entity: str, section: YamlMapping, chunk: int) -> None:
        for key, value in section.pairs:
            if isinstance(key, str):
                self._object(entity, key, value, chunk)
            else:
                self._lose("key", f"line {section.line}", f"an object of kind {entity} without key")

    def _object(self, entity: str, key: str | None, value: YamlValue, chunk: int) -> None:
        if value is None:
            self.data.records.append(Record(entity, key, chunk))
        elif isinstance(value, YamlMapping):
            self.data.records.append(self._record(entity, key, value, chunk))
        else:
            self._lose("object", key or entity, f"no mapping at {entity}")

    def _record(
        self, entity: str, key: str | None, value: YamlMapping, chunk: int, inside: str = ""
    ) -> Record:
        record = Record(entity, key, chunk, inside=inside)
        seen: set[str] = set()
        for name, item in value.pairs:
            if not isinstance(name, str):
                self._lose(
                    "attribute", record.label, f"an attribute without name, line {value.line}"
                )
                continue
            if name in seen:
                self.data.findings.repaired(
                    "duplicate-key", f"{self._where}: {record.label}", f"{name}: both values kept"
                )
            seen.add(name)
            items = item.items if isinstance(item, YamlSequence) else [item]
            for part in items:
                self._part(record, name, part, listed=isinstance(item, YamlSequence))
        return record

    def _part(self, record: Record, name: str, part: YamlValue, listed: bool) -> None:
        is_relation = schema.target_of(record.entity, name) is not None
        if part is None:
            return
        if isinstance(part, str):
            if is_relation:
                record.references.append((name, ByKey(part)))
            else:
                record.attributes.append((name, part))
        elif isinstance(part, YamlMapping) and is_relation and not listed:
            self.data.partial = True
            record.references.append((name, self._spelled(part)))
        elif isinstance(part, YamlMapping):
            member = schema.member_of(record.entity, name)
            inside = f"{record.label}.{name}"
            record.members.append((name, self._record(member, None, part, record.chunk, inside)))
        else:
            self._lose("list", record.label, f"{name}: a list in a list, line {part.line}")

    def _spelled(self, mapping: YamlMapping) -> ByAttributes:
        values: list[tuple[str, str | Reference]] = []
        for name, value in mapping.pairs:
            if isinstance(name, str) and isinstance(value, str):
                values.append((name, value))
            elif isinstance(name, str) and isinstance(value, YamlMapping):
                values.append((name, self._spelled(value)))
            elif value is not None:
                self._lose("reference", f"line {mapping.line}", "a list where a value is meant")
        return by_attributes(values)

    def _lose(self, what: str, where: str, detail: str) -> None:
        self.data.findings.lost(f"unreadable-{what}", f"{self._where}: {where}", detail)


def _find_unknown_relations(data: DataFile) -> None:
    """A text under an unknown name that is the key of an object is a reference to it."""
    keys = {r.key for r in data.records if r.key}
    for record in data.all_records():
        unknown = [
            (name, text)
            for name, text in record.attributes
            if text in keys and not schema.is_known_attribute(name)
        ]
        for name, text in unknown:
            record.attributes.remove((name, text))
            record.references.append((name, ByKey(text)))
