"""Reference keys: ``Sample_investigation-(name-1100_visitId-N)_name-quartz=20A``.

A unique key spells the attributes that name its object; letters and digits stand for
themselves, every other byte of UTF-8 is ``=XX``. A local key is any text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_DEEPEST = 12
_ATTRIBUTE = re.compile(r"([A-Za-z][A-Za-z0-9]*)-")
_SIMPLE = re.compile(r"(?:[A-Za-z0-9]|=[0-9A-F]{2})*")
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")


@dataclass(frozen=True, slots=True)
class ByKey:
    """A reference by local or unique key."""

    key: str

    def __str__(self) -> str:
        return self.key


@dataclass(frozen=True, slots=True)
class ByAttributes:
    """A reference that spells the attributes of its object, sorted by name."""

    values: tuple[tuple[str, str | Reference], ...]

    def __str__(self) -> str:
        return " ".join(f"{name}={value}" for name, value in self.values)


Reference = ByKey | ByAttributes


def by_attributes(values: Sequence[tuple[str, str | Reference]]) -> ByAttributes:
    """A reference by attributes, in canonical order."""
    return ByAttributes(tuple(sorted(values, key=lambda pair: pair[0])))


def dotted(values: Sequence[tuple[str, str]]) -> ByAttributes:
    """A reference from XML attributes: ``name``, ``investigation.name``, ``facility.ref``."""
    return _dotted(values, _DEEPEST)


def _dotted(values: Sequence[tuple[str, str]], depth: int) -> ByAttributes:
    plain: dict[str, str | Reference] = {}
    nested: dict[str, list[tuple[str, str]]] = {}
    for name, value in values:
        head, dot, rest = name.partition(".")
        if not dot or not depth:
            plain[name] = value
        elif rest == "ref":
            plain[head] = ByKey(value)
        else:
            nested.setdefault(head, []).append((rest, value))
    for head, inner in nested.items():
        plain.setdefault(head, _dotted(inner, depth - 1))
    return by_attributes(list(plain.items()))


def quoted(text: str) -> str:
    """A value as keys write it."""
    return "".join(
        character if character in _PLAIN else "".join(f"={b:02X}" for b in character.encode())
        for character in text
    )


def _unquoted(text: str) -> str:
    raw = re.sub("=([0-9A-F]{2})", lambda m: chr(int(m[1], 16)), text)
    return raw.encode("latin-1").decode("utf-8", errors="replace")


def parse_unique(key: str, entity: str) -> ByAttributes | None:
    """The attributes that a unique key of an ``entity`` spells; None where it is a local key."""
    prefix = f"{entity}_"
    if not key.startswith(prefix):
        return None
    parsed = _pairs(key, len(prefix), _DEEPEST)
    if parsed is None or parsed[1] != len(key):
        return None
    return parsed[0]


def _pairs(text: str, at: int, depth: int) -> tuple[ByAttributes, int] | None:
    values: list[tuple[str, str | Reference]] = []
    while True:
        name = _ATTRIBUTE.match(text, at)
        if name is None or not depth:
            return None
        at = name.end()
        if text[at : at + 1] == "(":
            inner = _pairs(text, at + 1, depth - 1)
            if inner is None or text[inner[1] : inner[1] + 1] != ")":
                return None
            values.append((name[1], inner[0]))
            at = inner[1] + 1
        else:
            simple = _SIMPLE.match(text, at)
            assert simple is not None  # the pattern matches the empty text
            values.append((name[1], _unquoted(simple[0])))
            at = simple.end()
        if text[at : at + 1] != "_":
            return by_attributes(values), at
        at += 1
