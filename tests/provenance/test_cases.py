"""Golden cases: each a provenance document, or research object, and what comes of it.

``expected.nq`` holds the statements, sorted, those of a bundle in its graph; ``error.txt`` the
exact message, with the case's folder left out; ``findings.txt`` what was noticed;
``aligned.txt`` aligned statements that must be there, or, after ``!``, must not.
``UPDATE_CASES=1`` writes the first three anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from provenance.running import all_triples, quads
from pyoxigraph import Literal, Triple
from support import CASE_BASE

from ingest.discover import Found, Refused, discover
from ingest.errors import SourceError
from ingest.findings import Findings
from kg_service.align.engine import Alignment
from kg_service.terms import shorten

CASES = sorted((Path(__file__).parent / "cases").iterdir())
UPDATE = bool(os.environ.get("UPDATE_CASES"))


def found(case: Path) -> list[Found | Refused]:
    sources = [d for d in discover(case / "input") if isinstance(d, (Found, Refused))]
    return sorted(sources, key=lambda s: s.location)


def outcome(case: Path) -> dict[str, str]:
    """What a case's files should say, by their names."""
    findings = Findings()
    lines: set[str] = set()
    try:
        for source in found(case):
            if isinstance(source, Refused):
                raise source.error
            lines |= {f"{q} ." for q in quads(source.read(), findings)}
    except SourceError as error:
        message = str(error).replace(f"{case / 'input'}{os.sep}", "")
        return {"error.txt": f"{error.code}: {message}\n"}
    told = sorted(f"{f.kind} {f.code} {f.count}" for f in findings)
    result = {"expected.nq": "".join(f"{line}\n" for line in sorted(lines))}
    return result | ({"findings.txt": "".join(f"{t}\n" for t in told)} if told else {})


def short(triples: list[Triple]) -> set[str]:
    """Statements in a form that is easy to read in a case."""

    def name(term: Any) -> str:
        if isinstance(term, Literal):
            return json.dumps(term.value)
        return shorten(term.value.replace(CASE_BASE, ""))

    return {f"{name(t.subject)} {name(t.predicate)} {name(t.object)}" for t in triples}


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_golden(case: Path) -> None:
    result = outcome(case)
    for name in ("expected.nq", "error.txt", "findings.txt"):
        expected = case / name
        if UPDATE and name in result:
            expected.write_text(result[name], encoding="utf-8")
        written = expected.read_text(encoding="utf-8") if expected.exists() else None
        assert result.get(name) == written, name


@pytest.mark.parametrize(
    "case", [c for c in CASES if (c / "aligned.txt").exists()], ids=lambda c: c.name
)
def test_aligned(alignment: Alignment, case: Path) -> None:
    triples = [
        t
        for source in found(case)
        if isinstance(source, Found)
        for t in all_triples(source.read(), Findings())
    ]
    aligned = alignment.align(triples, Findings())
    assert not aligned.unmapped
    made = short(list(aligned.triples))
    for line in (case / "aligned.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("!"):
            assert line[1:].strip() not in made, line
        elif line.strip():
            assert line.strip() in made, f"missing: {line}\n" + "\n".join(sorted(made))
