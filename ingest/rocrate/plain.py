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

_ONES = r"[A-Za-z0-9\-._~!$&'()*+,;=/@]*"
_CHARACTERS = rf"{_ONES}(?:%[0-9A-Fa-f]{{2}}{_ONES})*"
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
        properties, reference = self._properties, self._reference
        named = False
        for key, value in entity.items():
            if key == "@id":
                if type(value) is not str or not reference(value):
                    return -1
                named = True
            elif key == "@type":
                several = value if type(value) is list else (value,)
                made += len(several)
                for kind in several:
                    if not self._is_type(kind):
                        return -1
            elif key in properties or self._is_property(key):
                several = value if type(value) is list else (value,)
                made += len(several)
                for item in several:
                    kind = type(item)
                    if kind is str:
                        if not item.isascii() and SURROGATE.search(item):
                            return -1
                    elif kind is dict:
                        refers = item.get("@id")
                        if len(item) != 1 or type(refers) is not str or not reference(refers):
                            return -1
                    elif kind is not bool and not (
                        kind is int and -SAFE_INTEGER < item < SAFE_INTEGER
                    ):
                        return -1
            else:
                return -1
        return made if named else -1

    def _is_property(self, name: str) -> bool:
        if not _is_name(name) or not self._context.term(name).plain:
            return False
        self._properties.add(name)
        self._used.update((name, name.partition(":")[0]))
        return True

    def _is_type(self, name: Any) -> bool:
        if type(name) is not str:
            return False
        if name in self._types:
            return True
        if not _is_name(name) or self._context.term(name).repair or name in self._context.aliases:
            return False
        self._types.add(name)
        self._used.update((name, name.partition(":")[0]))
        return True


def _is_name(name: str) -> bool:
    return bool(name.strip()) and not name.startswith("@") and not SURROGATE.search(name)
