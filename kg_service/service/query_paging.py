"""Pages of an answer over HTTP: where a page is, and links to the others (RFC 8288)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from kg_service.errors import UsageError
from kg_service.questions.asking import Page
from kg_service.questions.model import Question

NAMES = ("limit", "offset", "page")
MOST_ROWS = 10_000


@dataclass(frozen=True)
class Place:
    """Which rows are asked for, from ``offset`` on; ``by_page`` where pages are counted."""

    offset: int
    limit: int
    by_page: bool


def place_of(question: Question, told: Mapping[str, str]) -> Place | None:
    """The rows that a request asks for, None for all. Raises UsageError.

    ``page`` counts from 1, in pages of ``limit`` rows, which is the question's own where it is
    not given.
    """
    if not told:
        return None
    if "page" in told and "offset" in told:
        raise UsageError("page and offset both say where to begin; give one of them")
    limit = _number(told, "limit", 1, MOST_ROWS) if "limit" in told else question.page
    if "page" in told:
        return Place((_number(told, "page", 1) - 1) * limit, limit, by_page=True)
    return Place(_number(told, "offset", 0) if "offset" in told else 0, limit, by_page=False)


def _number(told: Mapping[str, str], name: str, least: int, most: int | None = None) -> int:
    text = told[name]
    # as int() takes digits of other scripts, spaces and underscores, and any number of digits
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
        raise UsageError(f"{name} must be a whole number, {least} or more, not {text[:40]!r}")
    if most is not None and int(text) > most:
        raise UsageError(f"{name} must be at most {most}, not {text}; ask for more pages")
    return int(text)


def page_headers(path: str, query: Mapping[str, str], place: Place, page: Page) -> dict[str, str]:
    """The headers of a page: its ``Link``, and how many rows there are where that is known."""
    links = [
        f'<{path}?{urlencode({**query, **rows})}>; rel="{relation}"'
        for relation, rows in relations(place, page)
    ]
    headers = {"Link": ", ".join(links)}
    if page.total is not None:
        headers["X-Total-Count"] = str(page.total)
    return headers


def relations(place: Place, page: Page) -> Iterator[tuple[str, dict[str, int]]]:
    """The other pages that there are, by their relation to this one, as parameters."""

    def at(offset: int) -> dict[str, int]:
        if place.by_page:
            return {"limit": place.limit, "page": offset // place.limit + 1}
        return {"limit": place.limit, "offset": offset}

    yield "first", at(0)
    last = None if page.total is None else max(page.total - 1, 0) // place.limit * place.limit
    if place.offset > 0:
        before = max(place.offset - place.limit, 0)
        yield "prev", at(before if last is None else min(before, last))
    if page.more:
        yield "next", at(place.offset + place.limit)
    if last is not None:
        yield "last", at(last)
