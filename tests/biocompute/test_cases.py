"""Golden cases of biocompute: see tests/golden.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from golden import cases, check, check_aligned, input_of, outcome, recognised

from ingest.biocompute import read
from kg_service.align.engine import Alignment

CASES = cases(__file__)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_golden(case: Path) -> None:
    assert recognised(input_of(case)) == ["biocompute"]
    check(case, outcome(case, read)[0])


@pytest.mark.parametrize(
    "case", [c for c in CASES if (c / "aligned.txt").exists()], ids=lambda c: c.name
)
def test_aligned(alignment: Alignment, case: Path) -> None:
    check_aligned(case, outcome(case, read)[1], alignment, all_mapped=False)
