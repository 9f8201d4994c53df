"""ICAT data files in XML: ``icatdata`` of icatdump, ``icatingest`` of metadata writers."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from ingest.errors import InvalidSource, UnreadableSource
from ingest.icat import schema
from ingest.icat.keys import ByAttributes, ByKey, Reference, by_attributes, dotted
from ingest.icat.records import DataFile, Declaration, Record

MAX_DEPTH = 64
_HEAD_NAMES = ("date", "service", "apiversion", "generator")


def read_xml(content: bytes, where: str) -> DataFile:
    """All objects of an XML data file. Raises UnreadableSource, InvalidSource."""
    reading = _Reading(where)
    try:
        reading.run(content)
    except ParseError as error:
        line, column = error.position
        reason = str(error).partition(":")[0]
        raise UnreadableSource(
            f"not well-formed XML: {reason} at line {line}, column {column + 1}",
            where=where,
            todo="correct it there, or dump it again",
        ) from error
    except DefusedXmlException as error:
        raise InvalidSource(
            f"declares the XML entity {getattr(error, 'name', '')!r}; by such entities a small "
            "file can exhaust a reader",
            where=where,
            todo="remove the document type declaration; ICAT data files need none",
        ) from error
    except (ValueError, LookupError) as error:
        raise UnreadableSource(
            f"not readable as XML ({error})", where=where, todo="save it as UTF-8"
        ) from error
    return reading.data


def _local(tag: Any) -> str:
    return str(tag).rpartition("}")[2]


class _Reading:
    """The state of reading one file."""

    def __init__(self, where: str) -> None:
        self.data = DataFile()
        self._where = where
        self._chunk = 0

    def run(self, content: bytes) -> None:
        """Objects are read and let go one by one, so that a large dump is never a whole tree."""
        open_elements: list[Any] = []
        for event, element in iterparse(BytesIO(content), events=("start", "end")):
            if event == "start":
                open_elements.append(element)
                self._start(open_elements)
                continue
            open_elements.pop()
            if len(open_elements) == 2 and _local(open_elements[1].tag) == "data":
                self._object(element)
                open_elements[1].clear()
            elif len(open_elements) == 1:
                self._section(element)

    def _start(self, open_elements: list[Any]) -> None:
        depth = len(open_elements)
        if depth == 1 and _local(open_elements[0].tag) == "icatingest":
            self.data.partial = True
        if depth == 2 and _local(open_elements[1].tag) == "data":
            self._chunk += 1
        if depth > MAX_DEPTH:
            raise InvalidSource(
                f"elements nested more than {MAX_DEPTH} levels deep",
                where=self._where,
                todo="check that it is an ICAT data file",
            )

    def _section(self, element: Any) -> None:
        name = _local(element.tag)
        if name == "data":
            return
        for child in element if name == "head" else [element]:
            text = (child.text or "").strip()
            if name == "head" and _local(child.tag) in _HEAD_NAMES and not len(child):
                self.data.head.setdefault(_local(child.tag), text)
            else:
                self._lose("element", name, f"<{_local(child.tag)}> outside of data")

    def _object(self, element: Any) -> None:
        tag = _local(element.tag)
        entity = schema.entity_of(tag)
        declared = entity.removesuffix("Ref")
        if entity not in schema.ENTITIES and declared in schema.ENTITIES:
            self._declaration(declared, element)
            return
        if entity not in schema.ENTITIES:
            self.data.findings.warned("unknown-entity", f"{self._where}: {tag}", entity)
        record = self._record(entity, element.get("id"), element)
        for name, value in element.attrib.items():
            if name != "id":
                record.attributes.append((_local(name), value))
        self.data.records.append(record)

    def _declaration(self, entity: str, element: Any) -> None:
        self.data.partial = True
        key = element.get("id")
        values = [(_local(n), v) for n, v in element.attrib.items() if n != "id"]
        if key is None or len(element):
            self._lose("declaration", entity, "a reference without id, or with content")
            return
        self.data.declarations.append(Declaration(entity, key, self._chunk, dotted(values)))

    def _record(self, entity: str, key: str | None, element: Any, inside: str = "") -> Record:
        record = Record(entity, key, self._chunk, inside=inside)
        if (element.text or "").strip():
            self._lose("text", record.label, element.text.strip())
        seen: set[str] = set()
        for child in element:
            name = _local(child.tag)
            is_relation = schema.target_of(entity, name) is not None
            if (child.tail or "").strip():
                self._lose("text", record.label, child.tail.strip())
            if len(child) and not is_relation:
                kind = schema.member_of(entity, name)
                member = self._record(kind, child.get("id"), child, f"{record.label}.{name}")
                self._extra_attributes(member, child)
                record.members.append((name, member))
                continue
            if name in seen:
                self.data.findings.repaired(
                    "duplicate-key", f"{self._where}: {record.label}", f"{name}: both values kept"
                )
            text_only = bool((child.text or "").strip()) and "ref" not in child.attrib
            if len(child) or (child.attrib and (is_relation or not text_only)):
                seen.add(name)
                record.references.append((name, self._reference(record, name, child)))
            elif not child.text and name.endswith("s") and not schema.is_known_attribute(name):
                member = Record(schema.member_of(entity, name), None, self._chunk)
                record.members.append((name, member))
            else:
                seen.add(name)
                if is_relation:
                    self.data.findings.warned(
                        "reference-as-text",
                        f"{self._where}: {record.label}",
                        f"{name}: {child.text}",
                    )
                for extra, value in child.attrib.items():
                    self._lose("text", record.label, f"{extra}={value!r} of {name}")
                record.attributes.append((name, child.text or ""))
        return record

    def _extra_attributes(self, record: Record, element: Any) -> None:
        for name, value in element.attrib.items():
            if name != "id":
                record.attributes.append((_local(name), value))

    def _reference(self, record: Record, name: str, element: Any) -> Reference:
        if (element.text or "").strip():
            self._lose("text", record.label, f"{name}: {element.text.strip()}")
        key = element.get("ref")
        if key is not None:
            others = [n for n in element.attrib if n != "ref"] + [_local(c.tag) for c in element]
            if others:
                self._lose("reference", record.label, f"{name}: {', '.join(others)} beside ref")
            return ByKey(key)
        self.data.partial = True
        values: list[tuple[str, str]] = [(_local(n), v) for n, v in element.attrib.items()]
        return _with_children(dotted(values), element)

    def _lose(self, what: str, where: str, detail: str) -> None:
        self.data.findings.lost(f"unreadable-{what}", f"{self._where}: {where}", detail)


def _with_children(reference: ByAttributes, element: Any) -> ByAttributes:
    values = list(reference.values)
    for child in element:
        ref = child.get("ref")
        nested: str | Reference = (
            ByKey(ref) if ref is not None
            else _with_children(dotted([(_local(n), v) for n, v in child.attrib.items()]), child)
            if child.attrib or len(child)
            else child.text or ""
        )  # fmt: skip
        values.append((_local(child.tag), nested))
    return by_attributes(values)
