"""Characteristics, factor values and parameter values of ISA-JSON, with their categories."""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.findings import Findings
from ingest.isa.model import NOTHING, Annotation, Comment, Value
from ingest.isa.record import Ids, Record, annotation, plain

CHARACTERISTIC, FACTOR, PARAMETER = "characteristicType", "factorName", "parameterName"

# isatools makes such identifiers of names, with underscores for spaces
_NAME_IN_ID = re.compile(r"#(?:characteristic_category|factor|parameter)/(?P<name>.+)")


class Values:
    """Reads values and remembers them by the sort of their category."""

    def __init__(self, ids: Ids, findings: Findings) -> None:
        self._ids = ids
        self._findings = findings
        self.units: dict[Annotation, None] = {}
        self.seen: dict[str, dict[Value, None]] = {CHARACTERISTIC: {}, FACTOR: {}, PARAMETER: {}}

    def read(self, item: Record, sort: str) -> Value | None:
        """One value; ``sort`` is the key under which its category has its name."""
        record = self._ids.resolve(item)
        if record is None:
            return None
        category = self._category(record, sort)
        raw = record.raw("value")
        value = record.annotation("value") if isinstance(raw, dict) else Annotation(plain(raw))
        unit = self._unit(record)
        comments = record.comments()
        # ISA JSON-LD has a term beside each text
        value = replace(value, accession=value.accession or record.text("valueCode"))
        if unit:
            unit = replace(unit, accession=unit.accession or record.text("unitCode"))
        code = record.text("categoryCode")
        if code:
            comments += (Comment("categoryCode", code),)
        record.finish()
        if not value and not comments:
            if unit:
                self.units[unit] = None
                self._findings.repaired(
                    "unit-without-value", record.path,
                    f"{unit.value or unit.accession!r} is kept among the units of the table",
                )  # fmt: skip
            return None
        made = Value(category, value, unit, comments)
        self.seen[sort][made] = None
        return made

    def categories(self, section: Record) -> list[Annotation]:
        """The characteristic categories that a study or assay declares."""
        made = []
        for record in section.records("characteristicCategories"):
            if record.has(CHARACTERISTIC):
                made.append(record.annotation(CHARACTERISTIC))
                record.finish()
            else:
                made.append(annotation(record))
        return [category for category in made if category]

    def _unit(self, record: Record) -> Annotation:
        raw = record.raw("unit")
        if not isinstance(raw, dict):
            return Annotation(plain(raw)) if raw else NOTHING
        resolved = self._ids.resolve(Record(raw, f"{record.path}.unit", self._findings))
        return annotation(resolved) if resolved else NOTHING

    def _category(self, record: Record, sort: str) -> str:
        """The name of a category that is an object, a reference or plain text."""
        raw = record.raw("category")
        if not isinstance(raw, dict):
            return plain(raw)
        identity = plain(raw.get("@id"))
        if all(k.startswith("@") for k in raw):
            found = self._ids.get(identity)
            if found is None:
                return self._named_by_id(identity, record.path)
            raw = found
        inner = raw.get(sort)
        if isinstance(inner, dict):
            resolved = self._ids.resolve(Record(inner, record.path, self._findings))
            inner = resolved.data.get("annotationValue") if resolved else ""
        return plain(inner or raw.get("annotationValue") or raw.get("name"))

    def _named_by_id(self, identity: str, path: str) -> str:
        name = identity.lstrip("#")
        match = _NAME_IN_ID.fullmatch(identity)
        if match:
            name = match["name"].replace("_", " ")
        self._findings.repaired(
            "unknown-category", path, f"nothing has the @id {identity!r}; named {name!r}"
        )
        return name
