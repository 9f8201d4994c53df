"""Golden cases of DataCite metadata; see tests/golden.py for what a case holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from golden import cases, check, check_aligned, check_lineage, input_of, outcome, recognised

from ingest.datacite import read
from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph

CASES = cases(__file__)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_golden(case: Path) -> None:
    assert recognised(input_of(case)) == ["datacite"]
    check(case, outcome(case, read)[0])


@pytest.mark.parametrize(
    "case", [c for c in CASES if (c / "aligned.txt").exists()], ids=lambda c: c.name
)
def test_aligned(alignment: Alignment, case: Path) -> None:
    check_aligned(case, outcome(case, read)[1], alignment)


@pytest.mark.parametrize(
    "case", [c for c in CASES if (c / "lineage.txt").exists()], ids=lambda c: c.name
)
def test_lineage(knowledge: Callable[..., KnowledgeGraph], case: Path) -> None:
    check_lineage(case, knowledge(case / "input"))
