"""Our reading of a crate against an independent JSON-LD expansion with the published contexts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rdflib
import rdflib.compare
from pyoxigraph import BlankNode, RdfFormat, Triple, parse, serialize
from support import CASE_BASE, CORPUS, EXAMPLE

from ingest.discover import Found, discover
from ingest.errors import SourceError
from ingest.findings import FindingKind, Findings

VOCABULARIES = CORPUS.parent / "vocabularies"
_CORE = re.compile(r"https?://w3id\.org/ro/crate/(1\.[0-9](?:-DRAFT)?)/context/?")
_TERMS = re.compile(r"https?://w3id\.org/ro/terms/([a-z-]+)(?:/context)?/?")
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def published(url: str) -> Any:
    """The published context of an address, without the null base of 1.0; None if not there."""
    if match := _CORE.fullmatch(url):
        name = f"ro-crate-{match[1]}.jsonld"
        if not (VOCABULARIES / name).is_file():
            name = f"ro-crate-{match[1].removesuffix('-DRAFT')}.jsonld"
    elif match := _TERMS.fullmatch(url):
        name = f"ro-terms-{match[1]}.json"
    else:
        return None
    path = VOCABULARIES / name
    if not path.is_file():
        return None
    context = json.loads(path.read_text(encoding="utf-8"))["@context"]
    context.pop("@base", None)
    return context


def with_published_contexts(document: dict[str, Any]) -> dict[str, Any] | None:
    """The document with its contexts inlined as published; None where one is not."""
    given = document.get("@context")
    parts: list[Any] = []
    for part in given if isinstance(given, list) else [given]:
        inlined = published(part) if isinstance(part, str) else part
        if inlined is None:
            return None
        parts.append({k: v for k, v in inlined.items() if not (k == "@base" and v is None)})
    return {"@context": parts, "@graph": document["@graph"]}


def crates(corpus: Path) -> Iterator[tuple[Found, dict[str, Any]]]:
    for found in discover(corpus / "rocrate"):
        if isinstance(found, Found) and found.format.name == "ro-crate":
            try:
                document = json.loads(found.bundle.peek(found.main))
            except ValueError:
                continue
            if isinstance(document, dict) and isinstance(document.get("@graph"), list):
                inlined = with_published_contexts(document)
                if inlined is not None:
                    yield found, inlined


def test_every_crate_of_the_corpus_expands_as_with_the_published_contexts(corpus: Path) -> None:
    if not VOCABULARIES.is_dir():
        pytest.skip("needs the published contexts in ../shared/vocabularies, which are not here")
    compared = equal = 0
    for found, inlined in crates(corpus):
        findings = Findings()
        try:
            ours = set(found.read().triples(CASE_BASE, findings))
        except SourceError:
            continue
        text = json.dumps(inlined).encode("utf-8", "replace")
        theirs = {
            Triple(q.subject, q.predicate, q.object)
            for q in _expanded(text)
            if not isinstance(q.subject, BlankNode) and not isinstance(q.object, BlankNode)
        }
        repaired = findings.total(FindingKind.REPAIR) > 0
        missing = {
            t
            for t in theirs - ours
            # a type that no context defines is relative to the document for a JSON-LD processor
            if not (t.predicate.value == _TYPE and t.object.value.startswith(CASE_BASE))
        }
        assert not missing, (found.location, sorted(map(str, missing))[:3])
        compared += 1
        if not repaired and not any(".well-known/genid" in str(t) for t in ours):
            assert ours == theirs, found.location
            equal += 1
    assert compared > 350
    assert equal > 150


def _expanded(text: bytes) -> Iterator[Any]:
    try:
        yield from parse(text, format=RdfFormat.JSON_LD, base_iri=CASE_BASE)
    except SyntaxError:
        return  # what a strict processor refuses, ours repairs


def test_rdflib_reads_the_example_crate_alike() -> None:
    """rdflib as oracle: canonical comparison of graphs."""
    if not VOCABULARIES.is_dir():
        pytest.skip("needs the published contexts in ../shared/vocabularies, which are not here")
    folder = EXAMPLE / "3-workflow-run-crate"
    (found,) = (d for d in discover(folder) if isinstance(d, Found))
    ours = serialize(found.read().triples(CASE_BASE, Findings()), format=RdfFormat.N_TRIPLES)
    document = json.loads((folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    inlined = with_published_contexts(document)
    theirs = rdflib.Graph().parse(data=json.dumps(inlined), format="json-ld", base=CASE_BASE)
    mine = rdflib.Graph().parse(data=ours, format="nt")
    assert rdflib.compare.isomorphic(mine, theirs)
