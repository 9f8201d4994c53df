"""Making identifiers that real files write into valid IRIs (RFC 3987), without losing them.

Engines drop a triple whose IRI is invalid, and many real identifiers are: they hold
spaces, brackets, pipes or a bare percent sign. What is not allowed is percent-encoded.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

from pyoxigraph import NamedNode

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_ILLEGAL = re.compile(r"[\x00-\x20\x7f-\x9f<>\"{}|\\^`]")
_BRACKETS = re.compile(r"[\[\]]")
_IP_LITERAL = re.compile(r"(?P<head>[A-Za-z][A-Za-z0-9+.\-]*:)?//[^/?#]*\[[0-9A-Fa-f:.]+\][^/?#]*")
_PROBE_BASE = "http://base.invalid/"


def has_scheme(reference: str) -> bool:
    """Whether the reference starts with a scheme, that is, is no relative reference."""
    return _SCHEME.match(reference) is not None


def _encode(match: re.Match[str]) -> str:
    return quote(match.group(0), safe="")


def _quoted(text: str, safe: str = "") -> str:
    # half a surrogate pair stands in names of files that are no UTF-8
    return quote(text, safe=safe, errors="surrogatepass")


@lru_cache(maxsize=65536)
def is_valid_reference(reference: str) -> bool:
    """Whether an engine will keep a triple that names this absolute or relative reference."""
    try:
        NamedNode(reference if has_scheme(reference) else _PROBE_BASE + reference)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=65536)
def valid_reference(reference: str) -> str:
    """The reference itself where it is a valid IRI reference, else its nearest valid spelling.

    Characters that RFC 3987 does not allow are percent-encoded, as are a percent sign that
    starts no encoding and every ``#`` after the first. What stays invalid (a port that is no
    number, say) is encoded whole and so becomes a relative reference.
    """
    if is_valid_reference(reference):
        return reference
    fixed = _BAD_PERCENT.sub("%25", reference)
    fixed = _ILLEGAL.sub(_encode, fixed)
    literal = _IP_LITERAL.match(fixed)
    head = literal.group(0) if literal else ""
    fixed = head + _BRACKETS.sub(_encode, fixed[len(head) :])
    path, hash_sign, fragment = fixed.partition("#")
    fixed = path + hash_sign + fragment.replace("#", "%23")
    if is_valid_reference(fixed):
        return fixed
    return _quoted(reference)


def segment(text: str) -> str:
    """The text as one path segment: everything but unreserved characters percent-encoded."""
    return _quoted(text, "-._~")
