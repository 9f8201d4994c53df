"""Golden cases: each a small ICAT data file or JSON answer, and what comes of it.

``expected.nt`` is the graph, sorted; ``error.txt`` the exact message, with the case's folder
left out; ``findings.txt`` what was noticed; ``aligned.txt`` aligned statements that must be
there, or, after ``!``, must not. ``UPDATE_CASES=1`` writes the first three anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, Triple
from support import CASE_BASE, lines

from ingest.bundle import Bundle, SingleFile
from ingest.errors import SourceError
from ingest.findings import Findings
from ingest.icat import is_icat, read
from ingest.sniff import Sniff
from kg_service.align.engine import Alignment
from kg_service.terms import shorten

CASES = sorted((Path(__file__).parent / "cases").iterdir())
INPUTS = [
    pytest.param(c, f, id=f"{c.name}/{f.name}")
    for c in CASES
    for f in sorted((c / "input").iterdir())
]
UPDATE = bool(os.environ.get("UPDATE_CASES"))


def outcome(path: Path) -> tuple[dict[str, str], list[Triple]]:
    """What a case's files should say after reading ``path``, by their names."""
    bundle = Bundle(SingleFile(path), only=path.name)
    assert is_icat(Sniff(bundle, path.name))
    findings = Findings()
    try:
        triples = list(read(bundle).triples(CASE_BASE, findings))
    except SourceError as error:
        message = str(error).replace(f"{path.parent}{os.sep}", "")
        return {"error.txt": f"{error.code}: {message}\n"}, []
    told = sorted(f"{f.kind} {f.code} {f.count}" for f in findings)
    found = {"expected.nt": "".join(f"{line}\n" for line in lines(set(triples)))}
    return found | ({"findings.txt": "".join(f"{t}\n" for t in told)} if told else {}), triples


def short(triples: list[Triple]) -> set[str]:
    """Statements in a form that is easy to read in a case."""

    def name(term: Any) -> str:
        if isinstance(term, Literal):
            return json.dumps(term.value)
        return shorten(term.value.replace(CASE_BASE, ""))

    return {f"{name(t.subject)} {name(t.predicate)} {name(t.object)}" for t in triples}


@pytest.mark.parametrize(("case", "path"), INPUTS)
def test_golden(case: Path, path: Path) -> None:
    found, _ = outcome(path)
    for name in ("expected.nt", "error.txt", "findings.txt"):
        expected = case / name
        if UPDATE and name in found:
            expected.write_text(found[name], encoding="utf-8")
        written = expected.read_text(encoding="utf-8") if expected.exists() else None
        assert found.get(name) == written, name


@pytest.mark.parametrize(
    "case", [c for c in CASES if (c / "aligned.txt").exists()], ids=lambda c: c.name
)
def test_aligned(alignment: Alignment, case: Path) -> None:
    for path in sorted((case / "input").iterdir()):
        _, triples = outcome(path)
        findings = Findings()
        aligned = alignment.align(triples, findings)
        assert not aligned.unmapped, "every term has a row"
        made = short(aligned.triples)
        for line in (case / "aligned.txt").read_text(encoding="utf-8").splitlines():
            if line.startswith("!"):
                assert line[1:].strip() not in made
            elif line.strip() and not line.startswith("//"):
                assert line.strip() in made, f"missing: {line}\n" + "\n".join(sorted(made))
