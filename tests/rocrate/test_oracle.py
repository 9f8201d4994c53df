"""Our reading of a crate against an independent expansion with the published contexts (rdflib).

Every crate of the corpus that is read at all is compared, the invalid ones and ``.eln`` files
included, whole, with blank nodes compared by what is said around them. rdflib is slow in large
contexts, so these are cut to the words that a crate uses; then none is too large (3 MB at most).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rdflib
from crate_oracle import (
    VOCABULARIES,
    Excuses,
    Statement,
    differences,
    document_of,
    expanded,
    inlined,
    stated,
)
from support import CASE_BASE, EXAMPLE, crate, ref

from ingest import findings as findings_module
from ingest.discover import Found, discover
from ingest.errors import SourceError
from ingest.findings import FindingKind, Findings
from ingest.json_text import decode

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(autouse=True)
def _every_finding_and_every_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    if not VOCABULARIES.is_dir():
        pytest.skip("needs the published contexts in ../shared/vocabularies, which are not here")
    monkeypatch.setattr(findings_module, "EXAMPLES_KEPT", 10**9)
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


def both(found: Found) -> tuple[set[Statement], set[Statement], Excuses, Findings]:
    """Our statements, those of the oracle, what the report covers, and the report."""
    findings = Findings()
    triples = list(found.read().triples(CASE_BASE, findings))
    document = document_of(decode(found.bundle.peek(found.main), ""))
    context = inlined(document.get("@context"), document)
    excuses = Excuses(document, context, findings)
    return stated(triples, document), expanded(document, context), excuses, findings


def crates(*folders: Path) -> Iterator[Found]:
    for folder in folders:
        for found in discover(folder):
            if isinstance(found, Found) and found.format.name == "ro-crate":
                yield found


def test_every_crate_of_the_corpus_says_what_the_oracle_reads(corpus: Path) -> None:
    compared = exact = 0
    unexplained = {}
    for found in crates(corpus / "rocrate", corpus / "copyleft" / "rocrate"):
        try:
            ours, theirs, excuses, findings = both(found)
        except SourceError:
            continue
        lacking, beyond = differences(ours, theirs, excuses)
        if lacking or beyond:
            unexplained[found.location] = (lacking[:3], beyond[:3])
        compared += 1
        exact += not findings.total(FindingKind.REPAIR) and not findings.total(FindingKind.LOSS)
        found.bundle.forget()
    assert not unexplained
    assert compared > 475
    assert exact > 400, "nearly all need no excuse at all"


ODD: list[dict[str, Any]] = [
    {"author": [{"@type": "Person", "name": "Ada"}, {"@type": "Person", "name": "Ada"}]},
    {"author": {"name": "Ada", "affiliation": {"name": "here"}}, "editor": {"name": "Ada"}},
    {"keywords": {"@list": ["a", {"@id": "#b"}, {"name": "c"}]}},
    {"keywords": {"@list": []}},
    {"author": {"@id": "_:b0"}, "editor": {"@id": "_:b0", "name": "Ada"}},
    {"name": [{"@value": "x", "@language": "de"}, "x", 5, 5.5, True]},
    {"hasPart": {"@id": "../up.txt"}, "about": {"@id": "/top"}, "url": {"@id": "?q=1"}},
    {"schema:name": "x", "http://purl.org/dc/terms/title": "y"},
    {"@reverse": {"hasPart": {"@id": "#whole", "name": "w"}}},
    {"size": 2**60, "name": "caf\u00e9 \U0001f600"},
]


@pytest.mark.parametrize("root", ODD, ids=lambda r: json.dumps(r)[:50])
def test_odd_but_valid_crates(tmp_path: Path, root: dict[str, Any]) -> None:
    (found,) = crates(crate(tmp_path / "c", **root))
    ours, theirs, excuses, _findings = both(found)
    assert differences(ours, theirs, excuses) == ([], [])


CONTEXTS: list[Any] = [
    ["https://w3id.org/ro/crate/1.1/context", {"ex": "http://e.org/", "odd": "ex:odd"}],
    ["https://w3id.org/ro/crate/1.1/context", {"odd": {"@id": "http://e.org/o", "@type": "@id"}}],
    [
        "https://w3id.org/ro/crate/1.1/context",
        {
            "xsd": "http://www.w3.org/2001/XMLSchema#",
            "odd": {"@id": "schema:x", "@type": "xsd:date"},
        },
        {"schema": "http://schema.org/"},
    ],
    ["https://w3id.org/ro/crate/1.1/context", {"odd": {"@id": "name", "@container": "@list"}}],
    ["https://w3id.org/ro/crate/1.1/context", {"@vocab": "http://e.org/v#"}],
    ["https://w3id.org/ro/crate/1.1/context", {"@base": "http://e.org/b/", "odd": "name"}],
    ["https://w3id.org/ro/crate/1.1/context", {"@language": "en", "odd": "name"}],
    ["https://w3id.org/ro/crate/1.1/context", {"id": "@id", "type": "@type", "odd": "name"}],
]


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda c: json.dumps(c[1:])[:60])
def test_inline_definitions(tmp_path: Path, context: Any) -> None:
    folder = crate(tmp_path / "c", {"@id": "#a", "odd": ["x", "y"]}, context=context)
    (found,) = crates(folder)
    ours, theirs, excuses, findings = both(found)
    assert differences(ours, theirs, excuses) == ([], [])
    assert not findings.total(FindingKind.LOSS)


def test_a_lacking_statement_would_be_seen(tmp_path: Path) -> None:
    folder = crate(
        tmp_path / "c",
        {"@id": "a b.txt", "name": "repaired"},
        {"@id": "#c", "name": "c", "odd": 1},
        author={"name": "Ada"},
        hasPart=ref("a b.txt", "#c"),
    )
    (found,) = crates(folder)
    ours, theirs, excuses, _findings = both(found)
    assert differences(ours, theirs, excuses) == ([], [])
    seen = {
        statement
        for statement in ours & theirs
        if any(differences(ours - {statement}, theirs, excuses))
    }
    repaired = {s for s in ours & theirs if "a%20b" in s[0][1] + s[2][1] or s[0][0] == "blank"}
    assert ours & theirs - repaired <= seen


def test_the_example_crate_is_read_as_by_rdflib() -> None:
    (found,) = crates(EXAMPLE / "3-workflow-run-crate")
    ours, theirs, excuses, _findings = both(found)
    assert differences(ours, theirs, excuses) == ([], [])
