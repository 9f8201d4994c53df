"""Free nested metadata (scientificMetadata and its kin) as entries.

SciCat lets users choose the keys, so a key is a value here (``scicat:name``), not a property.
An entry has a value, with unit where the source gives one, or further entries, or items.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ingest.findings import Findings
from ingest.iri import segment
from ingest.json_values import is_scalar, json_literal, scalar_literal
from ingest.scicat.kinds import NAMESPACE, words
from ingest.triples import skolem, typed

MAX_DEPTH = 40
# an object with a value and nothing but these is a quantity, not a group of entries
_QUANTITY = words("value unit valueSI unitSI type v u human_name")
_VALUES = ("value", "v", "valueSI")


def term(name: str) -> NamedNode:
    """A class or property of SciCat's vocabulary."""
    return NamedNode(NAMESPACE + segment(name))


@dataclass(frozen=True)
class Entries:
    """Writes metadata below one record's node."""

    base: str
    findings: Findings
    where: str

    def of(self, parent: NamedNode, relation: str, value: Any) -> Iterator[Triple]:
        """The entries of an object (or a list, or a single value) under ``relation``."""
        path = parent.value.removeprefix(self.base)
        if isinstance(value, dict):
            yield from self._entries(parent, relation, value, (path, relation), 0)
        elif value is not None:
            yield from self._content(parent, relation, value, (path, relation), 0)

    def _entries(
        self,
        parent: NamedNode,
        relation: str,
        value: dict[str, Any],
        path: tuple[str, ...],
        depth: int,
    ) -> Iterator[Triple]:
        for key, content in value.items():
            if content is None:
                continue
            node = skolem(self.base, *path, f"key {key}")
            yield Triple(parent, term(relation), node)
            yield typed(node, term("MetadataEntry"))
            yield Triple(node, term("name"), Literal(key))
            yield from self._entry(node, content, (*path, f"key {key}"), depth)

    def _entry(
        self, node: NamedNode, content: Any, path: tuple[str, ...], depth: int
    ) -> Iterator[Triple]:
        if isinstance(content, dict) and content.keys() <= _QUANTITY and _has_value(content):
            for name, value in content.items():
                if is_scalar(value):
                    yield Triple(node, term(name), scalar_literal(value, times=False))
                elif value is not None:
                    yield Triple(node, term(name), json_literal(value))
        elif isinstance(content, dict) and content and depth < MAX_DEPTH:
            yield from self._entries(node, "entry", content, path, depth + 1)
        else:
            yield from self._content(node, "value", content, path, depth)

    def _content(
        self, node: NamedNode, relation: str, content: Any, path: tuple[str, ...], depth: int
    ) -> Iterator[Triple]:
        if is_scalar(content):
            yield Triple(node, term(relation), scalar_literal(content, times=False))
        elif isinstance(content, list) and depth < MAX_DEPTH and _has_objects(content):
            yield from self._items(node, content, path, depth)
        else:
            if depth >= MAX_DEPTH:
                self.findings.repaired(
                    "deep-metadata", self.where, f"below {MAX_DEPTH} levels it is kept as JSON text"
                )
            yield Triple(node, term(relation), json_literal(content))

    def _items(
        self, node: NamedNode, items: list[Any], path: tuple[str, ...], depth: int
    ) -> Iterator[Triple]:
        for number, item in enumerate(items):
            if item is None:
                continue
            inner = (*path, f"item {number}")
            child = skolem(self.base, *inner)
            yield Triple(node, term("item"), child)
            yield typed(child, term("MetadataEntry"))
            yield Triple(child, term("index"), scalar_literal(number))
            yield from self._entry(child, item, inner, depth + 1)


def _has_value(content: dict[str, Any]) -> bool:
    return any(content.get(name) is not None for name in _VALUES)


def _has_objects(items: list[Any]) -> bool:
    return any(isinstance(item, dict) for item in items)
