"""Telling the entities that need no rewriting: nearly all of a large crate.

An entity is plain if each property and type is a term that the context defines without
coercion, each identifier is surely valid, and each value is text, a number or a reference. What is
not plain is no worse, it only goes the longer way, through the rewriter.
"""

from __future__ import annotations

import re
from typing import Any

from ingest.rocrate.context import CrateContext
from ingest.rocrate.path import SURROGATE

SAFE_INTEGER = 2**53

_CHARACTERS = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=/@]|%[0-9A-Fa-f]{2})*"
_TAIL = rf"(?:\?{_CHARACTERS})?(?:\#{_CHARACTERS})?"
_RELATIVE = rf"(?!//|@){_CHARACTERS}{_TAIL}"
_ABSOLUTE = rf"https?://[A-Za-z0-9\-.]+(?:/{_CHARACTERS})?{_TAIL}"


class PlainEntities:
    """The check for one context. ``used`` collects the terms that were met."""

    def __init__(self, context: CrateContext, used: set[str]) -> None:
        self._context = context
        self._used = used
        self._properties: set[str] = set()
        self._types: set[str] = set()
        absolute = "" if {"http", "https"} & context.defined.keys() else f"|{_ABSOLUTE}"
        self._reference = re.compile(rf"(?:{_RELATIVE}{absolute})").fullmatch

    def statements(self, entity: dict[str, Any]) -> int:
        """How many statements a plain entity makes; -1 if it is not plain."""
        made = 0
        properties = self._properties
        named = False
        for key, value in entity.items():
            if key in properties or self._is_property(key):
                several = value if type(value) is list else (value,)
                for item in several:
                    if not self._is_value(item):
                        return -1
                made += len(several)
            elif key == "@id":
                if type(value) is not str or not self._reference(value):
                    return -1
                named = True
            elif key == "@type":
                several = value if type(value) is list else (value,)
                for kind in several:
                    if type(kind) is not str or (
                        kind not in self._types and not self._is_type(kind)
                    ):
                        return -1
                made += len(several)
            else:
                return -1
        return made if named else -1

    def _is_value(self, value: Any) -> bool:
        kind = type(value)
        if kind is str:
            return value.isascii() or not SURROGATE.search(value)
        if kind is dict:
            reference = value.get("@id")
            return (
                len(value) == 1
                and type(reference) is str
                and self._reference(reference) is not None
            )
        return kind is bool or (kind is int and -SAFE_INTEGER < value < SAFE_INTEGER)

    def _is_property(self, name: str) -> bool:
        if not _is_name(name) or not self._context.term(name).plain:
            return False
        self._properties.add(name)
        self._used.update((name, name.partition(":")[0]))
        return True

    def _is_type(self, name: str) -> bool:
        if not _is_name(name) or self._context.term(name).repair or name in self._context.aliases:
            return False
        self._types.add(name)
        self._used.update((name, name.partition(":")[0]))
        return True


def _is_name(name: str) -> bool:
    return bool(name.strip()) and not name.startswith("@") and not SURROGATE.search(name)
