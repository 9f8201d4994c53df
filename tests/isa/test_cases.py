"""ISA sources made for these tests, with the graph, the findings or the refusal they give."""

from __future__ import annotations

from pathlib import Path

import pytest
from isa.running import CASES, FOLDER, run


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_case(case: Path) -> None:
    results = list(run(case))
    assert results
    for label, result in results:
        for name, text in result.items():
            expected = case / name
            assert text == (expected.read_text(encoding="utf-8") if expected.exists() else ""), (
                label
            )


@pytest.mark.parametrize("case", CASES, ids=lambda p: p.name)
def test_no_statement_is_made_twice(case: Path) -> None:
    if (case / "error.txt").exists():
        pytest.skip("a case that is refused")
    for _label, result in run(case):
        graph = result["expected.nt"].splitlines()
        assert len(set(graph)) == len(graph)


def test_tab_and_json_of_the_same_study_are_the_same_graph() -> None:
    results = [result["expected.nt"] for _label, result in run(FOLDER / "same-study")]
    assert len(results) == 2
    assert results[0] == results[1]
