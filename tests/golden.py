"""Golden cases: folders with a small input and what is expected of it.

``input/`` holds one file; ``expected.nt`` is the graph, sorted; ``error.txt`` the exact message,
with the case's folder left out; ``findings.txt`` what was noticed, and where first;
``aligned.txt`` aligned statements that must be there, or, after ``!``, must not;
``lineage.txt`` what a walk reaches.
``UPDATE_CASES=1`` writes the first three anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Triple
from support import BASE, CASE_BASE, lines

from ingest.bundle import Bundle, SingleFile
from ingest.document import Document
from ingest.errors import SourceError
from ingest.findings import Findings
from ingest.formats import FORMATS
from ingest.sniff import Sniff
from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph
from kg_service.lineage.model import Direction, NodeKind, Request
from kg_service.terms import shorten

_UPDATE = bool(os.environ.get("UPDATE_CASES"))


def cases(test_file: str) -> list[Path]:
    """The case folders beside a test file."""
    return sorted((Path(test_file).parent / "cases").iterdir())


def bundle_of(path: Path) -> Bundle:
    """One file as a source."""
    return Bundle(SingleFile(path), only=path.name)


def recognised(path: Path) -> list[str]:
    """The formats that a file is evidence of."""
    sniff = Sniff(bundle_of(path), path.name)
    return [fmt.name for fmt in FORMATS if fmt.is_file(sniff)]


def input_of(case: Path) -> Path:
    """The one input file of a case."""
    (path,) = (case / "input").iterdir()
    return path


def outcome(case: Path, read: Callable[[Bundle], Document]) -> tuple[dict[str, str], list[Triple]]:
    """What a case's files should say, by their names, and the statements."""
    findings = Findings()
    try:
        document = read(bundle_of(input_of(case)))
        triples = list(document.triples(CASE_BASE, findings))
    except SourceError as error:
        message = str(error).replace(f"{case / 'input'}{os.sep}", "")
        return {"error.txt": f"{error.code}: {message}\n"}, []
    folder = f"{case / 'input'}{os.sep}"
    told = sorted(
        f"{f.kind} {f.code} {f.count}: {f.examples[0].where.replace(folder, '')}" for f in findings
    )
    found = {"expected.nt": "".join(f"{line}\n" for line in lines(set(triples)))}
    return found | ({"findings.txt": "".join(f"{t}\n" for t in told)} if told else {}), triples


def check(case: Path, found: dict[str, str]) -> None:
    """Compare with what is written in the case; write it where asked to."""
    for name in ("expected.nt", "error.txt", "findings.txt"):
        expected = case / name
        if _UPDATE and name in found:
            expected.write_text(found[name], encoding="utf-8")
        written = expected.read_text(encoding="utf-8") if expected.exists() else None
        assert found.get(name) == written, name


def short(triples: list[Triple]) -> set[str]:
    """Statements in a form that is easy to read in a case."""

    def name(term: Any) -> str:
        if isinstance(term, Literal):
            return json.dumps(term.value, ensure_ascii=False)
        return shorten(term.value.replace(CASE_BASE, ""))

    return {f"{name(t.subject)} {name(t.predicate)} {name(t.object)}" for t in triples}


def check_aligned(
    case: Path, triples: list[Triple], alignment: Alignment, *, all_mapped: bool = True
) -> None:
    """Compare the aligned statements with ``aligned.txt``; every term must have a row."""
    aligned = alignment.align(triples, Findings())
    assert not (all_mapped and aligned.unmapped)
    made = short(aligned.triples)
    for line in (case / "aligned.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("!"):
            assert line[1:].strip() not in made
        elif line.strip() and not line.startswith("//"):
            assert line.strip() in made, f"missing: {line}\n" + "\n".join(sorted(made))


def check_lineage(case: Path, graph: KnowledgeGraph) -> None:
    """Compare what walks reach with ``lineage.txt``: ``up THING: THING, THING``.

    A thing is named by its collection and id, by its encoded path, or by a whole IRI; activities
    are left out.
    """
    (source,) = graph.sources()
    base = f"{BASE}/source/{source.id}/"

    def thing(written: str) -> NamedNode:
        if written.startswith("http"):
            return NamedNode(written)
        if "%2F" in written:
            return NamedNode(base + written)
        folder, _, rest = written.strip().partition("/")
        return NamedNode(f"{base}{folder}/{rest.replace('/', '%2F')}")

    for line in (case / "lineage.txt").read_text(encoding="utf-8").splitlines():
        way, start, reached = line.replace(": ", " ", 1).split(" ", 2)
        lineage = graph.lineage(Request(thing(start), Direction(way)))
        entities = {n.iri for n in lineage.nodes.values() if n.kind is NodeKind.ENTITY}
        expected = {thing(name.strip()) for name in reached.split(",")}
        assert entities - {thing(start)} == expected, line
