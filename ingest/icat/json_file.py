"""JSON answers as records: objects that lie in one another become objects that refer to each other.

An object is known by its kind and id, so the investigation that is included in each of a
thousand datasets is one. One that is included without an id is known by what names it in
its catalogue (a user's name, a technique's pid), else it is a part of what it lies in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ingest.errors import InvalidSource
from ingest.icat import schema
from ingest.icat.answers import (
    Answer,
    answers_in,
    error_told,
    known_kind,
    parse,
    refused,
    tell_page,
)
from ingest.icat.evidence import entity_named
from ingest.icat.flat import icat_shaped, is_flat, kind_in
from ingest.icat.keys import ByKey
from ingest.icat.naming import Naming
from ingest.icat.records import DataFile, Record

MAX_DEPTH = 24
_SPACED_TIME = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}.*)")
_CHUNK = 1


def read_json(contents: Mapping[str, bytes]) -> DataFile:
    """All objects of some JSON files, by how messages name each.

    Raises UnreadableSource (broken JSON, with line and column) and InvalidSource (no object
    of ICAT in any of them, an answer that is ICAT's report of an error).
    """
    reading = _Reading()
    told, answers = None, 0
    for where, content in contents.items():
        value = parse(content, where, reading.data.findings)
        told = told or error_told(value)
        for answer in answers_in(value, where, reading.data.findings):
            reading.add(answer, where)
            answers += 1
    if not reading.data.records:
        first = next(iter(contents))
        if told is not None:
            raise refused(told, first)
        raise InvalidSource(
            "no object of ICAT in it", where=first, todo="export the answer of a query as JSON"
        )
    reading.naming.settle()
    if answers == 1:
        reading.data.only = reading.naming.record(reading.main)
    return reading.data


class _Reading:
    """The state of reading some files of one source."""

    def __init__(self) -> None:
        self.data = DataFile(partial=True)
        self.naming = Naming(self.data)
        self.main: str | None = None
        # the last form of each included object: what is repeated word for word adds nothing
        self._included: dict[str, Mapping[str, Any]] = {}
        self._where = ""

    def add(self, answer: Answer, where: str) -> None:
        """Take in one object with all that lies in it."""
        self._where = where
        made = self._object(answer.entity, answer.value, answer.path, None, 0)
        if isinstance(made, Record):
            self.data.records.append(made)
        elif self.main is None:
            self.main = made

    def _object(
        self,
        entity: str,
        value: Mapping[str, Any],
        path: str,
        parent: tuple[str, str] | None,
        depth: int,
        numbered: bool = True,
    ) -> str | Record:
        """The key of an object, or its record where it has none. ``parent``: relation and key.

        ``numbered``: an id is the object's own in its catalogue.
        """
        if depth > MAX_DEPTH:
            raise InvalidSource(
                f"objects nested more than {MAX_DEPTH} levels deep at {path[:80]}…",
                where=self._where,
                todo="ask the catalogue for fewer relations at a time",
            )
        if is_flat(entity, value):
            self.data.head["generator"] = "ICAT+"
        value = icat_shaped(entity, _nested(value))
        own = self._own_key(entity, value) if numbered else None
        record = Record(entity, own, _CHUNK, inside=path)
        if parent is not None:
            record.references.append((parent[0], ByKey(parent[1])))
        if record.key is None:
            record.key = self.naming.natural_key(record, value)
        for name, part in value.items():
            self._part(record, name, part, f"{path}.{name}", depth)
        if record.key is None:
            return record
        self.naming.enter(record, f"{self._where}: {path}")
        return record.key

    def _own_key(self, entity: str, value: Mapping[str, Any]) -> str | None:
        if entity.endswith("Parameter") and "type" not in value:
            return None  # ICAT+ may number them within their dataset
        number = value.get("id", value.get("_id"))
        if isinstance(number, float) and number.is_integer():
            number = int(number)
        if isinstance(number, bool) or not isinstance(number, (int, str)) or number == "":
            return None
        return f"{entity}_id-{number}"

    def _part(self, record: Record, name: str, part: Any, path: str, depth: int) -> None:
        if part is None or part in ([], {}):
            return
        if name == "meta" and isinstance(part, dict):
            tell_page(part, f"{self._where}: {path}", self.data.findings)
        elif isinstance(part, list):
            for number, item in enumerate(part):
                at = f"{path}[{number}]"
                if isinstance(item, dict):
                    self._member(record, name, item, at, depth)
                elif isinstance(item, list):
                    self._as_text(record, name, item, at)
                elif item is not None:
                    self._attribute(record, name, item, at)
        elif isinstance(part, dict):
            self._related(record, name, part, path, depth)
        else:
            self._attribute(record, name, part, path)

    def _attribute(self, record: Record, name: str, value: Any, path: str) -> None:
        if isinstance(value, str):
            text = value
        elif isinstance(value, bool):
            text = "true" if value else "false"
        elif isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            text = str(int(value))
        else:
            text = json.dumps(value)
        if schema.kind_of(name) is schema.Kind.TIME:
            text = self._time(value, text, path)
        record.attributes.append((name, text))

    def _time(self, value: Any, text: str, path: str) -> str:
        """Times that some servers write with a space, or as milliseconds since 1970."""
        if isinstance(value, (int, float)) and 0 <= value < 10**13:
            moment = datetime.fromtimestamp(value / 1000, UTC).isoformat()
            self._repair("time-as-number", path, f"{text} -> {moment}")
            return moment
        spaced = _SPACED_TIME.fullmatch(text)
        if spaced is None:
            return text
        self._repair("time-with-space", path, text)
        return f"{spaced[1]}T{spaced[2]}"

    def _repair(self, code: str, path: str, detail: str) -> None:
        self.data.findings.repaired(code, f"{self._where}: {path}", detail)

    def _related(
        self, record: Record, name: str, part: Mapping[str, Any], path: str, depth: int
    ) -> None:
        """One object in a many-to-one relation."""
        entity = kind_in(record.entity, name) or schema.target_of(record.entity, name)
        if entity is None and entity_named(name) is None and "id" not in part:
            self._as_text(record, name, part, path)
            return
        entity = entity or entity_named(name) or schema.entity_of(name)
        own = self._own_key(entity, part)
        if own is not None and self._included.get(own) == part:
            record.references.append((name, ByKey(own)))
            return
        known_kind(entity, f"{self._where}: {path}", self.data.findings)
        made = self._object(entity, part, path, None, depth + 1)
        if isinstance(made, str):
            record.references.append((name, ByKey(made)))
            if made == own:
                self._included[made] = part
        else:
            record.members.append((name, made))

    def _member(
        self, record: Record, name: str, item: Mapping[str, Any], path: str, depth: int
    ) -> None:
        """One object in a one-to-many relation."""
        flat = kind_in(record.entity, name)
        entity = flat or schema.member_of(record.entity, name)
        if entity not in schema.ENTITIES:
            named = entity_named(name)
            if named is None and "id" not in item:
                self._as_text(record, name, item, path)
                return
            entity = named or entity
            known_kind(entity, f"{self._where}: {path}", self.data.findings)
        back = None
        if flat is None and record.key is not None:
            relation = schema.back_relation(record.entity, name, entity)
            if schema.target_of(entity, relation) == record.entity or entity not in schema.ENTITIES:
                back = (relation, record.key)
        # ICAT+ numbers the techniques of a dataset by their place in it
        numbered = flat != "Technique" or "pid" not in item
        made = self._object(entity, item, path, back, depth + 1, numbered)
        if isinstance(made, Record):
            made.references = [r for r in made.references if r[0] != (back or ("",))[0]]
            record.members.append((name, made))
        elif back is None or schema.owned_by(entity) != record.entity:
            record.references.append((name, ByKey(made)))

    def _as_text(self, record: Record, name: str, value: Any, path: str) -> None:
        """A structure that ICAT's schema does not know stays the JSON that it is."""
        self.data.findings.warned("kept-as-json", f"{self._where}: {path}", name)
        text = json.dumps(value, ensure_ascii=False, sort_keys=True)
        record.attributes.append((name, text))


def _nested(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fields of a search index, ``investigation.name``, as the object that they are of."""
    if not any("." in name for name in value):
        return value
    made: dict[str, Any] = {}
    for name, part in value.items():
        head, dot, rest = name.partition(".")
        if dot and head and rest and isinstance(made.setdefault(head, {}), dict):
            made[head][rest] = part
        else:
            made[name] = part
    return made
