"""Golden cases: each a small SciCat export, a file or a folder, and what comes of it.

``expected.nt`` is the graph, sorted; ``error.txt`` the exact message, with the case's folder
left out; ``findings.txt`` what was noticed; ``aligned.txt`` aligned statements that must be
there, or, after ``!``, must not; ``lineage.txt`` what a walk reaches.
``UPDATE_CASES=1`` writes the first three anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from golden import check_lineage
from pyoxigraph import Literal, Triple
from support import CASE_BASE, lines

from ingest.bundle import Bundle, FolderFiles, SingleFile
from ingest.errors import SourceError
from ingest.findings import Findings
from ingest.scicat import is_scicat_export, mains, read
from ingest.scicat.kinds import NAMESPACE
from ingest.sniff import Sniff
from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph
from kg_service.terms import shorten

CASES = sorted((Path(__file__).parent / "cases").iterdir())
UPDATE = bool(os.environ.get("UPDATE_CASES"))


def source(case: Path) -> Bundle:
    """What a case's folder holds: collection files, or one export."""
    folder = case / "input"
    names = sorted(path.name for path in folder.iterdir())
    bundle = Bundle(FolderFiles(folder))
    if found := mains(bundle, names):
        bundle.main = found[0]
        return bundle
    single = Bundle(SingleFile(folder / names[0]), only=names[0])
    assert is_scicat_export(Sniff(single, names[0]))
    return single


def outcome(case: Path) -> tuple[dict[str, str], list[Triple]]:
    """What a case's files should say, by their names, and the statements."""
    findings = Findings()
    try:
        triples = list(read(source(case)).triples(CASE_BASE, findings))
    except SourceError as error:
        message = str(error).replace(f"{case / 'input'}{os.sep}", "")
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


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_golden(case: Path) -> None:
    found, _ = outcome(case)
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
    _, triples = outcome(case)
    aligned = alignment.align(triples, Findings())
    # what an export says of itself is free; every term of SciCat has a row
    assert set(aligned.unmapped) <= {NAMESPACE + "exportedAt"}
    made = short(aligned.triples)
    for line in (case / "aligned.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("!"):
            assert line[1:].strip() not in made
        elif line.strip() and not line.startswith("//"):
            assert line.strip() in made, f"missing: {line}\n" + "\n".join(sorted(made))


@pytest.mark.parametrize(
    "case", [c for c in CASES if (c / "lineage.txt").exists()], ids=lambda c: c.name
)
def test_lineage(knowledge: Callable[..., KnowledgeGraph], case: Path) -> None:
    check_lineage(case, knowledge(case / "input"))
