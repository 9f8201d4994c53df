"""The small lineage in every format, against the expected text.

``KG_RENEW_EXPORTS=1`` writes the expected files anew, to be read before they are committed.
"""

from __future__ import annotations

import os

import pytest
from export.conftest import AREA, CASE, told

from kg_service.export.formats import FORMATS, ExportFormat
from kg_service.graph import KnowledgeGraph
from kg_service.lineage.model import Request

_TEXTS = [form for form in FORMATS if not form.is_binary]


@pytest.mark.parametrize("form", _TEXTS, ids=lambda form: form.name)
def test_a_format_is_written_as_expected(form: ExportFormat, small: KnowledgeGraph) -> None:
    written = form.write(told(small, Request(AREA)))
    expected = CASE / "expected" / f"area.{form.name}.txt"
    if os.environ.get("KG_RENEW_EXPORTS"):
        expected.write_bytes(written)
    assert written.decode() == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_the_same_is_written_twice(form: ExportFormat, small: KnowledgeGraph) -> None:
    first, second = (form.write(told(small, Request(AREA))) for _ in range(2))
    assert first == second
