"""The project's own term table expands crates as the published contexts do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import CORPUS

from ingest.findings import FindingKind, Findings
from ingest.rocrate.context import resolve_context
from ingest.rocrate.terms import context_for, core_context, extension_contexts

PUBLISHED = CORPUS.parent / "vocabularies"


@pytest.fixture
def published() -> Path:
    if not PUBLISHED.is_dir():
        pytest.skip("needs the published contexts in ../shared/vocabularies, which are not here")
    return PUBLISHED


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "1.3", "1.4-DRAFT"])
def test_each_version_is_the_published_one(published: Path, version: str) -> None:
    text = (published / f"ro-crate-{version}.jsonld").read_text(encoding="utf-8")
    theirs = {t: i for t, i in json.loads(text)["@context"].items() if not t.startswith("@")}
    assert core_context(version) == theirs


def test_each_extension_is_the_published_one(published: Path) -> None:
    ours = extension_contexts()
    for path in sorted(published.glob("ro-terms-*.json")):
        theirs = json.loads(path.read_text(encoding="utf-8"))["@context"]
        flat = {t: i["@id"] if isinstance(i, dict) else i for t, i in theirs.items()}
        assert ours[path.stem.removeprefix("ro-terms-")] == flat, path.name


@pytest.mark.parametrize(
    ("url", "version"),
    [
        ("https://w3id.org/ro/crate/1.1/context", "1.1"),
        ("http://w3id.org/ro/crate/1.1/context/", "1.1"),
        ("https://w3id.org/ro/crate/1.1-DRAFT/context", "1.1"),
        ("https://w3id.org/ro/crate/1.2-DRAFT/context", "1.2"),
        ("https://w3id.org/ro/crate/1.4-DRAFT/context", "1.4-DRAFT"),
        ("https://researchobject.github.io/ro-crate/1.0/context.jsonld", "1.0"),
        ("https://w3id.org/ro/crate/0.2-DRAFT/context", "1.0"),
        ("https://w3id.org/ro/crate/1.9/context", "1.3"),
    ],
)
def test_addresses_of_contexts(url: str, version: str) -> None:
    context, _remark = context_for(url)
    assert context == core_context(version)


@pytest.mark.parametrize("ending", ["", "/", "/context", "#"])
def test_addresses_of_extensions(ending: str) -> None:
    context, remark = context_for("https://w3id.org/ro/terms/workflow-run" + ending)
    assert context is not None
    assert "containerImage" in context
    assert not remark


def test_an_unknown_context_is_told_and_not_fetched() -> None:
    findings = Findings()
    resolved = resolve_context(["https://example.org/context"], findings)
    assert resolved.parts == []
    assert [f.code for f in findings.of(FindingKind.WARNING)] == ["unknown-context"]
