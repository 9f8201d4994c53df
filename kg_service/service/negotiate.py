"""Choosing the form of an answer by the Accept header (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Range:
    """One part of an Accept header: a media range and its weight."""

    type: str
    subtype: str
    weight: float

    def matches(self, media_type: str) -> int:
        """How closely it names a media type: 0 not at all, 1 ``*/*``, 2 ``type/*``, 3 itself."""
        type_, _, subtype = media_type.partition("/")
        if (self.type, self.subtype) == ("*", "*"):
            return 1
        if self.type != type_:
            return 0
        return 3 if self.subtype == subtype else 2 if self.subtype == "*" else 0


def ranges(accept: str) -> list[Range]:
    """The media ranges of an Accept header; parts that make no sense are left out."""
    found = []
    for part in accept.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        type_, slash, subtype = name.lower().partition("/")
        if type_ == "*" and not slash:
            subtype = "*"  # what some old clients send for */*
        if not type_ or not subtype:
            continue
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                weight = _weight(value)
        found.append(Range(type_, subtype, weight))
    return found


def _weight(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0


def best(accept: str | None, offered: Sequence[str]) -> str | None:
    """The media type of those offered that the caller likes best; the first offered in a tie.

    Without an Accept header anything goes, so the first. None where nothing is acceptable.
    """
    wanted = ranges(accept or "*/*")
    chosen: tuple[float, str] | None = None
    for media_type in offered:
        closest = max(wanted, key=lambda r: (r.matches(media_type), r.weight), default=None)
        if closest is None or not closest.matches(media_type):
            continue
        if closest.weight > 0 and (chosen is None or closest.weight > chosen[0]):
            chosen = (closest.weight, media_type)
    return chosen[1] if chosen else None


def wants_html(accept: str | None) -> bool:
    """Whether the caller is a browser: it names HTML, and likes nothing better."""
    named = [r for r in ranges(accept or "") if r.matches("text/html") == 3]
    weights = [r.weight for r in ranges(accept or "")]
    return bool(named) and named[0].weight > 0 and named[0].weight >= max(weights)
