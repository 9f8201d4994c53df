"""JSON objects read field by field, so that what no one asked for can be told as lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.findings import Findings
from ingest.isa.model import NOTHING, Annotation, Comment
from ingest.isa.paths import is_address
from ingest.isa.text import CONTROL

Json = dict[str, Any]


def plain(value: object) -> str:
    """A JSON scalar as text; the empty text for null."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()


def cleaned(content: Any, where: str, findings: Findings) -> Any:
    """The content without characters that RDF can not hold, which JSON can escape."""
    lists: list[Any] = [[content]]
    root = lists[0]
    while lists:
        holder = lists.pop()
        for key, value in list(holder.items() if isinstance(holder, dict) else enumerate(holder)):
            if isinstance(value, (dict, list)):
                lists.append(value)
            elif isinstance(value, str) and CONTROL.search(value):
                holder[key] = CONTROL.sub("", value)
                findings.repaired(
                    "control-character", where, "characters that text can not hold left out"
                )
    return root[0]


@dataclass
class Record:
    """One JSON object and its path."""

    data: Json
    path: str
    findings: Findings
    _asked: set[str] = field(default_factory=set)

    @property
    def describes(self) -> bool:
        """Whether it says anything, and is not a mere reference."""
        return any(not key.startswith("@") for key in self.data)

    def has(self, key: str) -> bool:
        return self.data.get(key) not in (None, "", [], {})

    def raw(self, key: str) -> Any:
        self._asked.add(key)
        return self.data.get(key)

    def text(self, *keys: str) -> str:
        """The text of the first key that has one."""
        found = ""
        for key in keys:
            value = self.raw(key)
            if isinstance(value, dict):
                named = [value[k] for k in ("name", "annotationValue", "@id") if value.get(k)]
                if value and not named:
                    self.findings.lost("not-a-text", f"{self.path}.{key}", "an object without name")
                value = named[0] if named else ""
            if isinstance(value, list):
                value = "; ".join(plain(v) for v in value if not isinstance(v, (dict, list)))
            found = found or plain(value)
        return found

    def records(self, key: str) -> list[Record]:
        """The objects in a list; what is none is lost."""
        value = self.raw(key)
        if value is None:
            return []
        items = value if isinstance(value, list) else [value]
        found = []
        for index, item in enumerate(items):
            path = (
                f"{self.path}.{key}[{index}]" if isinstance(value, list) else f"{self.path}.{key}"
            )
            if isinstance(item, dict):
                found.append(Record(item, path, self.findings))
            elif item not in (None, ""):
                self.findings.lost("not-an-object", path, f"{item!r:.100}")
        return found

    def record(self, key: str) -> Record | None:
        found = self.records(key)
        return found[0] if found else None

    def annotation(self, key: str) -> Annotation:
        """An ontology annotation, written as an object or as plain text."""
        value = self.raw(key)
        if isinstance(value, dict):
            return annotation(Record(value, f"{self.path}.{key}", self.findings))
        if isinstance(value, list):
            self.findings.lost(
                "not-an-object", f"{self.path}.{key}", "a list where one is expected"
            )
            return NOTHING
        return Annotation(plain(value))

    def annotations(self, key: str) -> tuple[Annotation, ...]:
        value = self.raw(key)
        items = value if isinstance(value, list) else [value]
        made = (
            annotation(Record(item, f"{self.path}.{key}[{i}]", self.findings))
            if isinstance(item, dict)
            else Annotation(plain(item))
            for i, item in enumerate(items)
        )
        return tuple(a for a in made if a)

    def comments(self) -> tuple[Comment, ...]:
        made = []
        for record in self.records("comments"):
            comment = Comment(record.text("name"), record.text("value"))
            record.finish()
            if comment.value:
                made.append(comment)
        return tuple(made)

    def finish(self) -> None:
        """Tell of keys that no one asked for; JSON-LD's own say nothing that ISA-JSON means."""
        for key, value in self.data.items():
            if (
                key not in self._asked
                and not key.startswith("@")
                and key != "additionalType"
                and value not in (None, "", [], {})
            ):
                self.findings.lost("unknown-key", f"{self.path}.{key}", "no key of ISA-JSON")


def annotation(record: Record) -> Annotation:
    """An ontology annotation object. Its ``@id`` is its accession where it has no other."""
    identity = plain(record.data.get("@id"))
    made = Annotation(
        record.text("annotationValue"),
        record.text("termSource"),
        record.text("termAccession") or (identity if is_address(identity) else ""),
        record.comments(),
    )
    record.finish()
    return made


class Ids:
    """Objects by ``@id``: those of the section itself first, then those of what is around it."""

    def __init__(self, content: object, skip: str = "", outer: Ids | None = None) -> None:
        self._outer = outer
        self._found: dict[str, Json] = {}
        for item in _objects(content, skip):
            identity = item.get("@id")
            if isinstance(identity, str) and any(not k.startswith("@") for k in item):
                self._found.setdefault(identity, item)

    def get(self, identity: object) -> Json | None:
        if not isinstance(identity, str):
            return None
        found = self._found.get(identity)
        if found is None and self._outer is not None:
            return self._outer.get(identity)
        return found

    def resolve(self, record: Record | None) -> Record | None:
        """The object itself or the one it refers to; None, and a loss, where there is none."""
        if record is None or record.describes:
            return record
        found = self.get(record.data.get("@id"))
        if found is None:
            record.findings.lost(
                "unknown-reference", record.path, f"nothing has the @id {record.data.get('@id')!r}"
            )
            return None
        return Record(found, record.path, record.findings)


def _objects(content: object, skip: str) -> Iterator[Json]:
    pending = [content]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            yield item
            pending += [v for k, v in item.items() if k != skip and isinstance(v, (dict, list))]
        elif isinstance(item, list):
            pending += [v for v in item if isinstance(v, (dict, list))]
