"""Typed links (RFC 8288), as Link headers and as link sets (RFC 9264)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

LINKSET = "application/linkset"
LINKSET_JSON = "application/linkset+json"
# proxies keep all headers of an answer in a page of memory (4 KiB) or two
HEADER_BYTES = 3_000
# all that an IRI may have is kept as it is, except what is beyond ASCII
_KEPT = "".join(map(chr, range(0x21, 0x7F)))


@dataclass(frozen=True)
class TypedLink:
    """From ``anchor`` to ``target``, both IRIs or paths; ``type`` is the target's media type."""

    anchor: str
    rel: str
    target: str
    type: str | None = None


def link_header(links: Iterable[TypedLink]) -> str:
    """The links' Link header (RFC 8288, section 3), the first ones first, cut at HEADER_BYTES."""
    parts: list[str] = []
    room = HEADER_BYTES
    for link in links:
        part = _written(link)
        room -= len(part) + 2
        if room < 0:
            break
        parts.append(part)
    return ", ".join(parts)


def linkset_text(links: Iterable[TypedLink]) -> bytes:
    """A link set as ``application/linkset`` (RFC 9264, section 4.1)."""
    lines = [f'{_written(link)}; anchor="{_uri(link.anchor)}"' for link in links]
    return ",\n".join(lines).encode()


def linkset_json(links: Iterable[TypedLink]) -> bytes:
    """A link set as ``application/linkset+json`` (RFC 9264, section 4.2)."""
    by_anchor: dict[str, dict[str, list[dict[str, str]]]] = {}
    for link in links:
        target = {"href": _uri(link.target)}
        if link.type:
            target["type"] = link.type
        by_anchor.setdefault(_uri(link.anchor), {}).setdefault(link.rel, []).append(target)
    told = {"linkset": [{"anchor": anchor, **rels} for anchor, rels in by_anchor.items()]}
    return json.dumps(told, indent=2).encode()


def _written(link: TypedLink) -> str:
    type_ = f'; type="{link.type}"' if link.type else ""
    return f'<{_uri(link.target)}>; rel="{link.rel}"{type_}'


def _uri(iri: str) -> str:
    """A URI for an IRI (RFC 3987, section 3.1)."""
    return quote(iri, safe=_KEPT)
