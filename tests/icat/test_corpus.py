"""Every genuine ICAT data file of the corpus is taken; nothing else is taken for one."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Triple
from support import CASE_BASE

from ingest.bundle import Bundle, SingleFile
from ingest.findings import FindingKind, Findings
from ingest.icat import is_icat_answer, is_icat_dump, read
from ingest.sniff import Sniff
from kg_service.align.engine import Alignment

PYTHON_ICAT = "facility/python-icat"
PAIRS = [
    "doc/examples/icatdump-4.4",
    "doc/examples/icatdump-4.10",
    "doc/examples/icatdump-5.0",
    "doc/examples/icatdump-simple",
    "tests/data/legacy-icatdump-4.4",
    "tests/data/legacy-icatdump-4.10",
    "tests/data/ref-icatdump-5.0",
]


def bundle(path: Path) -> Bundle:
    return Bundle(SingleFile(path), only=path.name)


def graph(path: Path) -> tuple[set[Triple], Findings]:
    findings = Findings()
    return set(read(bundle(path)).triples(CASE_BASE, findings)), findings


def is_genuine(path: Path) -> bool:
    name = path.name
    return path.suffix in (".xml", ".yaml") and (
        "icatdump" in name or name.startswith(("ingest-", "metadata"))
    )


@pytest.mark.parametrize("pair", PAIRS)
def test_yaml_and_xml_give_the_same_graph(corpus: Path, pair: str) -> None:
    head = f"<{CASE_BASE}dump>"
    graphs = []
    for suffix in (".yaml", ".xml"):
        triples, findings = graph(corpus / PYTHON_ICAT / f"{pair}{suffix}")
        graphs.append({t for t in triples if str(t.subject) != head})
        assert findings.total(FindingKind.LOSS) == 0
    assert graphs[0] == graphs[1]


def test_every_data_file_is_taken_and_nothing_else(corpus: Path, alignment: Alignment) -> None:
    taken = 0
    for folder in ("facility", "copyleft/facility"):
        for path in sorted((corpus / folder).rglob("*")):
            if path.suffix not in (".xml", ".yaml", ".yml", ".json", ".xsd"):
                continue
            genuine = is_genuine(path) and "python-icat" in path.parts
            assert is_icat_dump(Sniff(bundle(path), path.name)) is genuine, path
            if genuine:
                triples, findings = graph(path)
                assert findings.total(FindingKind.LOSS) == 0, path
                assert not alignment.align(triples, Findings()).unmapped, path
                taken += 1
    assert taken == 23


def test_every_answer_is_taken_and_nothing_else(corpus: Path, alignment: Alignment) -> None:
    taken = set()
    for path in sorted(corpus.rglob("*")):
        if path.suffix.lower() not in (".json", ".jsonl", ".ndjson", ".jsonld"):
            continue
        if is_icat_answer(Sniff(bundle(path), path.name)):
            taken.add(path.relative_to(corpus).as_posix())
            triples, findings = graph(path)
            assert findings.total(FindingKind.LOSS) == 0
            assert not alignment.align(triples, Findings()).unmapped
    fixtures = "facility/datagateway/packages/datagateway-dataview/cypress/fixtures"
    assert taken == {f"{fixtures}/datafile.json", f"{fixtures}/investigation.json"}


def test_separate_and_inline_parameters(corpus: Path) -> None:
    def told(form: str) -> set[str]:
        triples, _ = graph(corpus / PYTHON_ICAT / f"doc/examples/metadata-4.4-{form}.xml")
        return {str(t).replace(f"_{form}_", "_") for t in triples}

    assert told("inl") == told("sep")
