"""Golden cases of a format whose sources are single files: a folder each, under ``cases``.

``input/`` holds the file; ``expected.nt`` is its graph, sorted; ``error.txt`` the exact message,
with the case's folder left out; ``findings.txt`` what was noticed; ``aligned.txt`` aligned
statements that must be there, or, after ``!``, must not. ``UPDATE_CASES=1`` writes the first
three anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, Triple
from support import CASE_BASE, lines

from ingest.bundle import Bundle, SingleFile
from ingest.errors import SourceError
from ingest.findings import Findings
from ingest.formats import FORMATS, Format
from ingest.sniff import Sniff
from kg_service.align.engine import Alignment
from kg_service.terms import shorten

_UPDATE = bool(os.environ.get("UPDATE_CASES"))
_WRITTEN = ("expected.nt", "error.txt", "findings.txt")


def cases_of(test_file: str) -> list[Path]:
    """The cases beside a test module."""
    return sorted((Path(test_file).parent / "cases").iterdir())


def bundle_of(path: Path) -> Bundle:
    """A single file as a source."""
    return Bundle(SingleFile(path), only=path.name)


def recognised(path: Path) -> Format | None:
    """The first format in the table that takes the file for its own."""
    return next((f for f in FORMATS if f.is_file(Sniff(bundle_of(path), path.name))), None)


def outcome(case: Path, name: str) -> tuple[dict[str, str], list[Triple]]:
    """What a case's files should say, by their names, and the statements."""
    path = next((case / "input").iterdir())
    found = recognised(path)
    assert found is not None
    assert found.name == name
    findings = Findings()
    try:
        triples = list(found.read(bundle_of(path)).triples(CASE_BASE, findings))
    except SourceError as error:
        message = str(error).replace(f"{case / 'input'}{os.sep}", "")
        return {"error.txt": f"{error.code}: {message}\n"}, []
    folder = f"{case / 'input'}{os.sep}"
    told = sorted(
        f"{f.kind} {f.code} {f.count}: {f.examples[0].where.replace(folder, '')}" for f in findings
    )
    files = {"expected.nt": "".join(f"{line}\n" for line in lines(set(triples)))}
    return files | ({"findings.txt": "".join(f"{t}\n" for t in told)} if told else {}), triples


def check_golden(case: Path, name: str) -> None:
    """The graph, the error and the findings of a case are those that are written down."""
    found, _ = outcome(case, name)
    for file in _WRITTEN:
        expected = case / file
        if _UPDATE and file in found:
            expected.write_text(found[file], encoding="utf-8")
        written = expected.read_text(encoding="utf-8") if expected.exists() else None
        assert found.get(file) == written, file


def check_aligned(case: Path, name: str, alignment: Alignment) -> None:
    """The aligned statements of a case are there, and those after ``!`` are not."""
    _, triples = outcome(case, name)
    made = short(alignment.align(triples, Findings()).triples)
    for line in (case / "aligned.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("!"):
            assert line[1:].strip() not in made
        elif line.strip() and not line.startswith("//"):
            assert line.strip() in made, f"missing: {line}\n" + "\n".join(sorted(made))


def short(triples: list[Triple]) -> set[str]:
    """Statements in a form that is easy to read in a case."""

    def name(term: Any) -> str:
        if isinstance(term, Literal):
            return json.dumps(term.value)
        return shorten(term.value.replace(CASE_BASE, ""))

    return {f"{name(t.subject)} {name(t.predicate)} {name(t.object)}" for t in triples}
