"""From a file to records of the PaN search API."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from ingest.errors import UnreadableSource
from ingest.findings import Findings
from ingest.json_records import values
from ingest.json_text import parse
from ingest.panosc.kinds import PAIRS, Kind, Relation, kind_named, kind_of


@dataclass(frozen=True)
class Record:
    """One record; ``where`` is its file and JSON path."""

    kind: Kind
    data: dict[str, Any]
    where: str


@dataclass(frozen=True)
class Pair:
    """A row of a table that relates two records by their ids."""

    relation: Relation
    subject: str
    object: str


@dataclass
class Records:
    """All records of a file."""

    records: list[Record] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)

    def add(self, where: str, content: bytes) -> None:
        """Read one file into it. Raises UnreadableSource, InvalidSource."""
        for value, place in values(content, where, self.findings):
            if isinstance(value, dict) and isinstance(value.get("models"), dict):
                self._models(value["models"], f"{place}.models")
            else:
                self._take(value, place, None)

    def _take(self, value: Any, where: str, hint: Kind | None) -> None:
        if isinstance(value, list):
            for number, item in enumerate(value):
                self._one(item, f"{where}[{number}]", hint)
        elif isinstance(value, dict) and hint is None and kind_of(value) is None:
            for name, content in value.items():
                kind = kind_named(name)
                if kind is not None and isinstance(content, (list, dict)):
                    self._take(content, f"{where}.{name}", kind)
                else:
                    self.findings.lost("no-record", f"{where}.{name}", "called after no kind")
        else:
            self._one(value, where, hint)

    def _models(self, models: dict[str, Any], where: str) -> None:
        """LoopBack's memory store: by model, by id, each record as JSON text."""
        for name, rows in models.items():
            if not isinstance(rows, dict):
                continue
            for key, text in rows.items():
                place = f"{where}.{name}[{key!r}]"
                try:
                    row = (
                        parse(text.encode(), place, self.findings)
                        if isinstance(text, str)
                        else text
                    )
                except UnreadableSource:
                    self.findings.lost("no-record", place, "its text is no JSON")
                    continue
                self._row(name, row, place)

    def _row(self, name: str, row: Any, where: str) -> None:
        kind = kind_named(name)
        if kind is not None:
            self._one(row, where, kind)
            return
        if isinstance(row, dict):
            for fields, relation in PAIRS.items():
                if fields <= row.keys():
                    subject = row[f"{relation.subject.name.lower()}Id"]
                    self.pairs.append(
                        Pair(relation, str(subject), str(row[f"{relation.object.name.lower()}Id"]))
                    )
                    return
        # accounts and tokens of the service itself are nobody's provenance
        self.findings.lost("no-record", where, f"{name} is no kind of the PaN search API")

    def _one(self, value: Any, where: str, hint: Kind | None) -> None:
        if not isinstance(value, dict):
            self.findings.lost("no-record", where, json.dumps(value, default=str)[:80])
            return
        kind = hint or kind_of(value)
        if kind is None:
            told = ", ".join(list(value)[:8]) or "no fields"
            self.findings.lost("no-record", where, f"no kind of the PaN search API: {told}")
            return
        self.records.append(Record(kind, value, where))
