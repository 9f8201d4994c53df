"""JSON as real systems write it: byte order marks, duplicate keys, NaN, other encodings."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from ingest.errors import UnreadableSource
from ingest.findings import Findings

UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
MAX_DEPTH: Final = 200
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def decode(content: bytes, where: str) -> str:
    """Text of a JSON file: UTF-8 or UTF-16 (RFC 8259 section 8.1). Raises UnreadableSource."""
    try:
        return content.decode("utf-16" if content[:2] in UTF16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableSource(
            f"not UTF-8 (byte {content[error.start] if error.start < len(content) else 0:#04x} "
            f"at offset {error.start})",
            where=where,
            todo="save it as UTF-8",
        ) from error


def parse(content: bytes, where: str, findings: Findings | None = None) -> Any:
    """Parse JSON. Raises UnreadableSource, with line and column, or for what nests too deep.

    Of a key that stands twice in one object both values are kept, as a list, and a repair is
    recorded; NaN and infinities become text, and halves of surrogate pairs, which JSON can
    escape and no IRI or literal can hold, U+FFFD, recorded likewise.
    """

    def merge(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return merged_pairs(pairs, where, findings)

    def constant(text: str) -> str:
        if findings is not None:
            findings.repaired("not-a-number", where, f"{text} kept as text")
        return text

    text = decode(content, where)
    if not text.strip():
        raise UnreadableSource("an empty file", where=where, todo="export it again")
    try:
        value = json.loads(text, object_pairs_hook=merge, parse_constant=constant)
    except json.JSONDecodeError as error:
        raise UnreadableSource(
            f"not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}",
            where=where,
            todo="correct it there, or export it again",
        ) from error
    except (RecursionError, ValueError) as error:
        raise UnreadableSource(
            f"JSON that can not be parsed ({type(error).__name__})",
            where=where,
            todo="export it again with less nesting and shorter numbers",
        ) from error
    if _is_too_deep(value):
        raise UnreadableSource(
            f"nested more than {MAX_DEPTH} levels deep",
            where=where,
            todo="check that it is what you meant to ingest",
        )
    return _mended(value, where, findings) if _SURROGATE_ESCAPE.search(text) else value


def _is_too_deep(value: Any) -> bool:
    """Whether lists and objects are nested beyond MAX_DEPTH, without recursion."""
    level = [value]
    for _ in range(MAX_DEPTH):
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                inner += item.values()
            elif isinstance(item, list):
                inner += item
        if not inner:
            return False
        level = inner
    return True


def _mended(value: Any, where: str, findings: Findings | None) -> Any:
    if isinstance(value, list):
        return [_mended(item, where, findings) for item in value]
    if isinstance(value, dict):
        return {_mended(k, where, findings): _mended(v, where, findings) for k, v in value.items()}
    if isinstance(value, str) and _SURROGATE.search(value):
        if findings is not None:
            findings.repaired("lone-surrogate", where, "replaced by U+FFFD")
        return _SURROGATE.sub("\ufffd", value)
    return value


def merged_pairs(
    pairs: list[tuple[str, Any]], where: str, findings: Findings | None
) -> dict[str, Any]:
    """The members of one object; of a key that stands twice both values, in a list."""
    merged: dict[str, Any] = {}
    for key, value in pairs:
        if key not in merged:
            merged[key] = value
        elif merged[key] != value:
            if findings is not None:
                findings.repaired("duplicate-key", where, f"key {key!r}: both values kept")
            merged[key] = _as_list(merged[key]) + _as_list(value)
    return merged


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
