"""JSON records as statements: a field is a property, an object in it a node of its own.

For formats whose records are JSON and whose fields have names of their own. Null, ``{}`` and
``[]`` say nothing and make no statement; objects in a list carry their ``index``. A part of
a record is named by its content, so that the same value is the same node wherever it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple

from ingest.iri import has_scheme, segment, valid_reference
from ingest.triples import literal, skolem

_JSON = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON")
_DRIVE = re.compile(r"[A-Za-z]:")
# what these name is another thing on another machine
_LOCAL = re.compile(
    r"""file:                                   # a path on one machine
      | [a-z][a-z0-9+.-]*://(?:[^/@]*@)?        # no host, or a loopback one
        (?:localhost|127\.[0-9.]+|0\.0\.0\.0|\[::1\])?(?=[:/?\#]|$)
    """,
    re.IGNORECASE | re.VERBOSE,
)


def is_scalar(value: Any) -> bool:
    """Whether a JSON value is a single literal (null is none)."""
    return isinstance(value, (str, int, float, bool))


def canonical(value: Any) -> str:
    """The same text for the same JSON value, keys sorted."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def json_literal(value: Any) -> Literal:
    """A JSON value as one literal, where its keys are free or its order matters."""
    return Literal(canonical(value), datatype=_JSON)


def is_global(address: str) -> bool:
    """Whether an address means the same everywhere: absolute, and not of one machine alone."""
    is_text = "://" not in address and any(c.isspace() for c in address)
    is_drive = _DRIVE.match(address) is not None
    return has_scheme(address) and not (is_text or is_drive or _LOCAL.match(address))


def address_node(address: str, base: str, folder: str) -> NamedNode:
    """The node of what an address names: the address itself, or one below ``base``."""
    valid = valid_reference(address)
    if is_global(address) and has_scheme(valid):
        return NamedNode(valid)
    return NamedNode(f"{base}{folder}/{segment(address)}")


@dataclass(frozen=True)
class JsonGraph:
    """Writes fields as statements in one namespace, for the source at ``base``."""

    namespace: str
    base: str

    def term(self, name: str) -> NamedNode:
        """The property or class of a name; what no IRI can hold is percent-encoded."""
        return NamedNode(self.namespace + segment(name))

    def fields(
        self, node: NamedNode, record: dict[str, Any], skip: Container[str] = ()
    ) -> Iterator[Triple]:
        """All fields of a record but those that the caller writes itself."""
        for name, value in record.items():
            if name not in skip:
                yield from self.field(node, name, value)

    def field(self, node: NamedNode, name: str, value: Any) -> Iterator[Triple]:
        """One field: a literal, literals, or nodes with fields of their own."""
        if isinstance(value, list):
            for number, item in enumerate(value):
                if isinstance(item, list) and item:
                    yield Triple(node, self.term(name), json_literal(item))
                else:
                    yield from self._value(node, name, item, number if len(value) > 1 else None)
        else:
            yield from self._value(node, name, value, None)

    def part(self, name: str, value: Any, *keys: str) -> NamedNode:
        """The node of a part, by its content and further keys."""
        return skolem(self.base, name, canonical(value), *keys)

    def _value(self, node: NamedNode, name: str, value: Any, index: int | None) -> Iterator[Triple]:
        if is_scalar(value):
            yield Triple(node, self.term(name), literal(value))
        elif isinstance(value, dict) and value:
            child = self.part(name, value, str(index))
            yield Triple(node, self.term(name), child)
            if index is not None:
                yield Triple(child, self.term("index"), literal(index))
            yield from self.fields(child, value)
