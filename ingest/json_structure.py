"""Fields of JSON records as triples, whatever they hold: nothing that a record says is dropped.

A scalar is a literal, a list one statement an item, an object a node with its own fields.
Nodes of objects are named by what they hold and where, so the same bytes give the same graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ingest.iri import segment
from ingest.json_values import canonical, is_scalar, json_literal, scalar_literal
from ingest.triples import skolem, typed


@dataclass(frozen=True)
class Structures:
    """Writes fields below ``base`` with terms of one vocabulary.

    ``classes`` names the class of the objects under a field, where it is not the field's name
    in the singular.
    """

    base: str
    namespace: str
    classes: Mapping[str, str] = field(default_factory=dict)

    def term(self, name: str) -> NamedNode:
        """A class or property of the vocabulary."""
        return NamedNode(self.namespace + segment(name))

    def text(self, node: NamedNode, name: str, value: Any) -> Iterator[Triple]:
        """A statement, where the value is a text that holds something."""
        if isinstance(value, str) and value.strip():
            yield Triple(node, self.term(name), Literal(value.strip()))

    def field(self, node: NamedNode, name: str, value: Any) -> Iterator[Triple]:
        """All that one field says of a node."""
        if is_scalar(value):
            yield Triple(node, self.term(name), scalar_literal(value))
        elif isinstance(value, list):
            for number, item in enumerate(value):
                yield from self._item(node, name, item, number if len(value) > 1 else None)
        elif isinstance(value, dict) and value:
            yield from self.structure(node, name, value, None)

    def _item(self, node: NamedNode, name: str, item: Any, number: int | None) -> Iterator[Triple]:
        if is_scalar(item):
            yield Triple(node, self.term(name), scalar_literal(item))
        elif isinstance(item, dict):
            yield from self.structure(node, name, item, number)
        elif item is not None:
            yield Triple(node, self.term(name), json_literal(item))

    def child(
        self, node: NamedNode, name: str, value: dict[str, Any], number: int | None
    ) -> NamedNode:
        """The node of an object under a field; ``number`` is its place in a list of several."""
        path = node.value.removeprefix(self.base)
        return skolem(self.base, path, name, canonical(value), str(number))

    def structure(
        self, node: NamedNode, name: str, value: dict[str, Any], number: int | None
    ) -> Iterator[Triple]:
        """An object under a field: its node, class, place and fields."""
        child = self.child(node, name, value, number)
        yield Triple(node, self.term(name), child)
        yield typed(child, self.term(self.class_of(name)))
        if number is not None:
            yield Triple(child, self.term("index"), scalar_literal(number))
        for key, content in value.items():
            yield from self.field(child, key, content)

    def class_of(self, name: str) -> str:
        """The class of the objects under a field: ``titles`` -> ``Title``."""
        bare = name.removesuffix("s")
        return self.classes.get(name, bare[:1].upper() + bare[1:])
