"""What of a source a rule can read: the properties that its text names.

Rules run in a store of their own that holds only what they may look at, so that a large
source costs them little.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kg_service.align.mapping import Rule
from kg_service.terms import RDF_TYPE

_PREFIX = re.compile(r"PREFIX\s+(?P<prefix>[\w-]*):\s*<(?P<iri>[^>]*)>", re.IGNORECASE)
_COMMENT_OR_TEXT = re.compile(r'"(?:[^"\\\n]|\\.)*"|(?<=\s)#.*|^#.*', re.MULTILINE)
_IRI = re.compile(r"<([^<>\s]+)>")
_NAME = re.compile(r"(?P<prefix>[A-Za-z][\w-]*)?:(?P<local>[\w-]+)")
# a variable where a property stands: after a subject or a semicolon, and not in a list of
# variables; and a negated property set, which stands for all other properties
_LISTS = re.compile(
    r"\b(?:SELECT|GROUP\s+BY|ORDER\s+BY)\b[^{}]*?(?=[{}]|\bWHERE\b)|\bVALUES\s*\([^)]*\)",
    re.IGNORECASE,
)
_VARIABLE_PROPERTY = re.compile(r"(?:[?$]\w+|[>;])\s+[?$]\w+|![\s(]*(?:\^|a\b|<|[\w-]*:)")


@dataclass(frozen=True)
class Footprint:
    """The properties that rules may read; ``everything`` where a variable stands for one."""

    properties: frozenset[str]
    everything: bool


def footprint(rules: Iterable[Rule]) -> Footprint:
    """What a group of rules may read. Errs on the side of too much."""
    named = {RDF_TYPE.value}
    everything = False
    for rule in rules:
        text = _COMMENT_OR_TEXT.sub('""', rule.text)
        named |= terms_named(text)
        pattern = _LISTS.sub(" ", re.split(r"\bWHERE\b", text, maxsplit=1)[-1])
        everything = everything or bool(_VARIABLE_PROPERTY.search(pattern))
    return Footprint(frozenset(named), everything)


def terms_named(text: str) -> set[str]:
    """The IRIs in a SPARQL text, prefixed names included."""
    prefixes = {m["prefix"]: m["iri"] for m in _PREFIX.finditer(text)}
    named = {m[1] for m in _IRI.finditer(text)}
    return named | {
        prefixes[m["prefix"] or ""] + m["local"]
        for m in _NAME.finditer(text)
        if (m["prefix"] or "") in prefixes
    }
