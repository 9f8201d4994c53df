"""What an aligned graph says of each thing, from its lines of N-Triples."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg_service.describe import kind_name, name_from
from kg_service.terms import RDF_TYPE, RDFS_LABEL, dcterms, kg

THINGS_AT_ONCE = 10_000
SEPARATOR = "\x1f"
_TYPE, _LABEL, _NAME, _IDENTIFIER, _DESCRIPTION = range(5)
_TOLD = {
    f"<{RDF_TYPE.value}>".encode(): _TYPE,
    f"<{RDFS_LABEL.value}>".encode(): _LABEL,
    f"<{kg('name').value}>".encode(): _NAME,
    f"<{dcterms('identifier').value}>".encode(): _IDENTIFIER,
    f"<{dcterms('description').value}>".encode(): _DESCRIPTION,
}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_NUMBER = re.compile(r"(?<=[^\W\d_])\d{3,}")


@dataclass(slots=True)
class Row:
    """What a graph says of a thing, or a part of it: such parts are to be joined.

    ``label`` and ``name`` are the shortest ones; ``identifiers`` is parted by SEPARATOR;
    ``more`` is what else it is found by.
    """

    iri: str
    kinds: tuple[str, ...]
    label: str | None
    name: str | None
    identifiers: str | None
    description: str | None
    more: str | None


@dataclass(slots=True)
class _Told:
    kinds: set[bytes] = field(default_factory=set)
    labels: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    description: str = ""


def rows_of(lines: Iterable[bytes]) -> Iterator[list[Row]]:
    """Rows for all that a graph's statements are about, in pieces that bound the memory."""
    things: dict[bytes, _Told] = {}
    last, told = b"", _Told()
    for line in lines:
        subject, predicate, rest = line.split(b" ", 2)
        if subject != last:
            if not subject.startswith(b"<"):
                continue
            if len(things) >= THINGS_AT_ONCE and subject not in things:
                yield _rows(things)
                things = {}
            last, told = subject, things.setdefault(subject, _Told())
        which = _TOLD.get(predicate)
        if which is None:
            continue
        if which == _TYPE:
            told.kinds.add(rest)
        elif text := text_of(rest):
            if which == _LABEL:
                told.labels.append(text)
            elif which == _NAME:
                told.names.append(text)
            elif which == _IDENTIFIER:
                told.identifiers.append(text)
            else:
                told.description = max(told.description, text, key=_length)
    if things:
        yield _rows(things)


def text_of(rest: bytes) -> str:
    """The text of an object at the end of a line: a literal's lexical form, or an IRI."""
    if rest.startswith(b'"'):
        text = rest[1 : rest.rindex(b'"')].decode()
        return _ESCAPE.sub(_unescaped, text) if "\\" in text else text
    if rest.startswith(b"<"):
        return rest[1 : rest.rindex(b">")].decode()
    return ""


def _length(text: str) -> tuple[int, str]:
    """What the shortest name and the fullest description are chosen by, as in ``described``."""
    return len(text), text


def packed(identifiers: Iterable[str]) -> str | None:
    """Identifiers as a row has them; in JSON, behind a separator, where one has a separator."""
    known = list(dict.fromkeys(identifiers))
    text = SEPARATOR.join(known)
    if text.count(SEPARATOR) >= len(known) > 0:
        return SEPARATOR + json.dumps(known, ensure_ascii=False)
    return text or None


def identifiers_in(packed: str) -> list[str]:
    """The identifiers of a row."""
    if packed.startswith(SEPARATOR):
        told: list[str] = json.loads(packed[1:])
        return told
    return packed.split(SEPARATOR)


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _ESCAPED.get(match[3], match[3])


def _rows(things: dict[bytes, _Told]) -> list[Row]:
    kinds: dict[bytes, str] = {}

    def kind(rest: bytes) -> str:
        if rest not in kinds:
            kinds[rest] = kind_name(text_of(rest))
        return kinds[rest]

    rows = []
    for subject in sorted(things):
        told = things[subject]
        iri = subject[1:-1].decode()
        label = min(told.labels, key=_length) if told.labels else None
        name = min(told.names, key=_length) if told.names else None
        more = [text for text in (*told.labels, *told.names) if text not in (label, name)]
        if not (label or name):
            more.append(name_from(iri))
        elif "/genid/" not in iri:
            more.append(re.split("[/#]", name_from(iri).rstrip("/"))[-1])  # such as a file's name
        if "/source/" not in iri:
            more.append(iri)
        for identifier in told.identifiers:
            more += _NUMBER.findall(identifier)
        rows.append(
            Row(
                iri,
                tuple(sorted(set(map(kind, told.kinds)))),
                label,
                name,
                packed(told.identifiers),
                told.description or None,
                "\n".join(dict.fromkeys(more)) or None,
            )
        )
    return rows
