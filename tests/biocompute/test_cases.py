"""Golden cases of biocompute: see tests/golden.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from golden_files import cases_of, check_aligned, check_golden

from kg_service.align.engine import Alignment

CASES = cases_of(__file__)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_golden(case: Path) -> None:
    check_golden(case, "biocompute")


@pytest.mark.parametrize(
    "case", [c for c in CASES if (c / "aligned.txt").exists()], ids=lambda c: c.name
)
def test_aligned(alignment: Alignment, case: Path) -> None:
    check_aligned(case, "biocompute", alignment)
