"""The answers of ICAT's JSON interfaces: which objects a file holds, and of which kind.

- ICAT REST (icat.server): ``[{"Dataset": {…}}, …]``, or one such object; of a text search
  ``{"results": [{"id", "score", "source": {…}}]}``.
- DataGateway API and ICAT+: bare objects, whose kind their fields tell.
- Exports made of them: one answer a line, arrays of answers, an object of arrays
  (``{"datasets": […], "samples": […]}``), pages (``{"data": […], "meta": {…}}``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ingest import json_text
from ingest.errors import InvalidSource, SourceError, UnreadableSource
from ingest.findings import Findings
from ingest.icat import schema
from ingest.icat.evidence import kind_of, unwrapped

_DEEPEST = 12
# the codes of icat.server's exceptions: an answer of this kind holds no data
_ERROR_CODES = schema.words("""
    BAD_PARAMETER INSUFFICIENT_PRIVILEGES INTERNAL NO_SUCH_OBJECT_FOUND NOT_IMPLEMENTED
    OBJECT_ALREADY_EXISTS SESSION VALIDATION
    """)


@dataclass(frozen=True, slots=True)
class Answer:
    """One object of an answer: its kind, its fields, and its JSON path."""

    entity: str
    value: Mapping[str, Any]
    path: str


def parse(content: bytes, where: str, findings: Findings) -> Any:
    """The JSON of a file; a list where it holds one value a line. Raises UnreadableSource."""
    if not _is_lines(content):
        return json_text.parse(content, where, findings)
    return [
        json_text.parse(line.encode(), f"{where}:{number}", findings)
        for number, line in enumerate(json_text.decode(content, where).split("\n"), start=1)
        if line.strip()
    ]


def _is_lines(content: bytes) -> bool:
    """Whether the first line is a whole JSON value, and more lines follow."""
    first, newline, rest = content.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")
    if not newline or not rest[:4096].strip() or first.strip() in (b"{", b"["):
        return False
    try:
        json_text.parse(first, "line")
    except UnreadableSource:
        return False
    return True


def error_told(value: Any) -> str | None:
    """What ICAT said, where the answer is its report of an error."""
    if not isinstance(value, dict) or "message" not in value:
        return None
    code = value.get("code")
    if isinstance(code, str) and code in _ERROR_CODES:
        return f"{value['code']}: {value['message']}"
    return None


def refused(told: str, where: str) -> SourceError:
    """The error for an answer that holds ICAT's own report of an error."""
    return InvalidSource(
        f"ICAT answered with an error and no data ({told})",
        where=where,
        todo="ask the catalogue again, with a valid session and query",
    )


def answers_in(value: Any, where: str, findings: Findings) -> Iterator[Answer]:
    """All objects of a file. What is no object of ICAT is told as lost, with its JSON path."""
    yield from _in(value, None, "$", where, findings, 0)


def _in(
    value: Any, hint: str | None, path: str, where: str, findings: Findings, depth: int
) -> Iterator[Answer]:
    if depth > _DEEPEST:
        raise InvalidSource(
            f"answers nested more than {_DEEPEST} levels deep at {path[:80]}…",
            where=where,
            todo="check that it is an answer of ICAT",
        )
    if isinstance(value, list):
        for number, item in enumerate(value):
            value[number] = None  # a long answer is let go of as it is read
            yield from _in(item, hint, f"{path}[{number}]", where, findings, depth + 1)
        return
    if not isinstance(value, dict):
        findings.lost("no-object", f"{where}: {path}", f"{value!r} is no object of ICAT"[:200])
        return
    if told := error_told(value):
        findings.lost("error-answer", f"{where}: {path}", told)
        return
    inner = unwrapped(value)
    if inner:
        for name, entity, part in inner:
            yield from _in(part, entity, f"{path}.{name}", where, findings, depth + 1)
        for name in value.keys() - {name for name, _entity, _part in inner}:
            _beside(name, value[name], f"{where}: {path}.{name}", findings)
        return
    entity = hint or kind_of(value)
    if entity is None:
        findings.lost(
            "no-object", f"{where}: {path}", f"no kind of ICAT has {', '.join(sorted(value))}"[:200]
        )
        return
    yield Answer(entity, value, path)


def _beside(name: str, value: Any, where: str, findings: Findings) -> None:
    """What stands beside the objects in an envelope: where the page is, how to go on, scores."""
    if name == "meta":
        tell_page(value, where, findings)
    elif name == "search_after" and value:
        findings.warned("page-of-answer", where, "the answer goes on; what follows is not here")
    elif name == "score":
        findings.warned("search-score", where, "of the search, not of the object: not kept")
    elif name != "id" and value not in (None, [], {}, ""):
        findings.lost("unreadable-envelope", where, f"{name}: {value!r}"[:200])


def tell_page(meta: Any, where: str, findings: Findings) -> None:
    """Warn where an answer is one page of several."""
    page = meta.get("page") if isinstance(meta, dict) else None
    if not isinstance(page, dict):
        return
    pages = page.get("totalPages")
    if isinstance(pages, (int, float)) and pages > 1:
        findings.warned(
            "page-of-answer",
            where,
            f"page {page.get('currentPage')} of {pages:g}, {page.get('total')} objects in all",
        )


def known_kind(entity: str, where: str, findings: Findings) -> None:
    """Warn of a kind that no known version of ICAT has."""
    if entity not in schema.ENTITIES:
        findings.warned("unknown-entity", where, entity)
