"""RFC 9110, section 12.5.1: the Accept header."""

from __future__ import annotations

import pytest

from kg_service.service.negotiate import best, wants_html

OFFERED = ("a/json", "a/xml", "text/csv")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "a/json"),
        ("", "a/json"),
        ("*/*", "a/json"),
        ("*", "a/json"),
        ("a/xml", "a/xml"),
        ("A/XML", "a/xml"),
        ("text/*", "text/csv"),
        ("a/*;q=0.5, text/csv", "text/csv"),
        ("a/json;q=0.4, a/xml;q=0.5", "a/xml"),
        ("a/json;q=0, */*", "a/xml"),
        ("*/*;q=0.5, a/json;q=0.1", "a/xml"),
        ("a/xml ; charset=utf-8 ; q=0.9, text/csv;q=0.8", "a/xml"),
        ("b/c", None),
        ("a/json;q=0", None),
        ("a/json;q=nonsense, a/xml", "a/xml"),
        (",,;q=1", None),
    ],
)
def test_best(accept: str | None, chosen: str | None) -> None:
    assert best(accept, OFFERED) == chosen


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        (BROWSER, True),
        ("text/html", True),
        ("*/*", False),
        (None, False),
        ("application/json, text/html;q=0.5", False),
        ("text/html;q=0", False),
    ],
)
def test_only_browsers_get_pages(accept: str | None, page: bool) -> None:
    assert wants_html(accept) is page
