"""The classes of evidence on which two things are the same, and the policies that follow them.

A key is a node of an identity graph; things that share one are the same, on the evidence of
the property that leads to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote, unquote

from pyoxigraph import NamedNode

from kg_service.terms import KG_NS, kg

Key = tuple[str, str]


class Evidence(StrEnum):
    """The classes of evidence, strongest first (after the same IRI, which needs no link).

    A value is the local name of the property from a thing to its key.
    """

    DECISION = "hasDecisionKey"
    IDENTIFIER = "hasIdentifierKey"
    SAME_AS = "hasSameAsKey"
    LOCATION = "hasLocationKey"
    CONTENT = "hasContentKey"
    NAME = "hasNameKey"

    @property
    def label(self) -> str:
        return _WORDS[self][1]

    @property
    def word(self) -> str:
        """What an interface calls it."""
        return _WORDS[self][0]

    @property
    def property(self) -> NamedNode:
        return _PROPERTIES[self]

    @classmethod
    def of_property(cls, iri: NamedNode) -> Evidence:
        return cls(iri.value.removeprefix(KG_NS))


_WORDS = {
    Evidence.DECISION: ("decision", "steward's decision"),
    Evidence.IDENTIFIER: ("identifier", "same persistent identifier"),
    Evidence.SAME_AS: ("sameAs", "explicit sameAs"),
    Evidence.LOCATION: ("location", "same location"),
    Evidence.CONTENT: ("content", "same content"),
    Evidence.NAME: ("name", "same name only"),
}
_PROPERTIES = {evidence: kg(evidence.value) for evidence in Evidence}


class Policy(StrEnum):
    """Which evidence a lineage answer follows. Each follows what the one before it does."""

    STRICT = "strict"
    DEFAULT = "default"
    ALL = "all"

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """``strict``: decisions and ids; ``default``: location and content, too; ``all``: also
        name-only candidates that no steward has decided on."""
        return _FOLLOWED[self]


_STRICT = (Evidence.DECISION, Evidence.IDENTIFIER, Evidence.SAME_AS)
_FOLLOWED = {
    Policy.STRICT: _STRICT,
    Policy.DEFAULT: (*_STRICT, Evidence.LOCATION, Evidence.CONTENT),
    Policy.ALL: tuple(Evidence),
}

KEY_NS = "urn:kg:key:"


def key_node(key: Key) -> NamedNode:
    """The node of a key."""
    return NamedNode(f"{KEY_NS}{key[0]}:{quote(key[1], safe='/:.-_~')}")


def key_text(node: NamedNode) -> str:
    """A key as people read it: ``doi:10.5072/x``."""
    return unquote(node.value.removeprefix(KEY_NS))


@dataclass
class Holder:
    """A thing that has a key: on which evidence, and by which identity graphs."""

    node: NamedNode
    evidence: Evidence
    graphs: set[NamedNode] = field(default_factory=set)
