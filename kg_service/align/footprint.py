"""What of a source a rule can read, and what it can not do without: from its text.

Rules run in a store of their own that holds only what they may look at, and those that could
make nothing do not run, so that a large source costs them little.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg_service.align.mapping import Rule
from kg_service.terms import RDF_TYPE

_WHERE = re.compile(r"\bWHERE\b")
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


# what stands in brackets, the innermost ones: a group, an expression, a list
_BRACKETS = re.compile(r"\{[^{}()\[\]]*\}|\([^{}()\[\]]*\)|\[[^{}()\[\]]*\]")
# a property by its name, between a subject (or semicolon) and an object; paths are no names
_PLAIN_PROPERTY = re.compile(
    r"(?:[?$]\w+|[>;])\s+(?P<prefix>[A-Za-z][\w-]*):(?P<local>[\w-]+)(?=\s+[?$<\w\"])"
)


@dataclass(frozen=True)
class Footprint:
    """The properties that a rule may read; ``everything`` where a variable stands for one.

    Where a source has not all of the ``required`` ones, the rule makes nothing.
    """

    properties: frozenset[str]
    everything: bool
    required: frozenset[str]


def footprint(rule: Rule) -> Footprint:
    """What a rule may read, which errs on the side of too much, and requires: of too little."""
    text = _COMMENT_OR_TEXT.sub('""', rule.text)
    head, pattern = (*_WHERE.split(text, maxsplit=1), "")[:2]
    return Footprint(
        properties=frozenset({RDF_TYPE.value} | terms_named(text)),
        everything=bool(_VARIABLE_PROPERTY.search(_LISTS.sub(" ", pattern or text))),
        required=frozenset(_required(pattern, _prefixes(head))),
    )


def _required(pattern: str, prefixes: Mapping[str, str]) -> Iterator[str]:
    """The properties of the triple patterns that stand in no inner group."""
    outer = pattern.strip().removeprefix("{").rpartition("}")[0]
    while _BRACKETS.search(outer):
        outer = _BRACKETS.sub(" . ", outer)
    for named in _PLAIN_PROPERTY.finditer(outer):
        if named["prefix"] in prefixes:
            yield prefixes[named["prefix"]] + named["local"]


def _prefixes(text: str) -> dict[str, str]:
    return {m["prefix"]: m["iri"] for m in _PREFIX.finditer(text)}


def terms_named(text: str) -> set[str]:
    """The IRIs in a SPARQL text, prefixed names included."""
    prefixes = _prefixes(text)
    named = {m[1] for m in _IRI.finditer(text)}
    return named | {
        prefixes[m["prefix"] or ""] + m["local"]
        for m in _NAME.finditer(text)
        if (m["prefix"] or "") in prefixes
    }
