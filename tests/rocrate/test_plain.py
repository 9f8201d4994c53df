"""What goes the short way, unrewritten, says the same as what goes the long way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import CASE_BASE, EXAMPLE

from ingest.discover import Found, discover
from ingest.errors import SourceError
from ingest.findings import FindingKind, Findings
from ingest.rocrate.context import resolve_context
from ingest.rocrate.plain import PlainEntities
from ingest.rocrate.rewrite import Rewriter

_CONTEXT = "https://w3id.org/ro/crate/1.2/context"


def both_ways(source: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    short = {str(t) for t in source.read().triples(CASE_BASE, Findings())}
    with monkeypatch.context() as patched:
        patched.setattr(PlainEntities, "statements", lambda self, entity: -1)
        long = {str(t) for t in source.read().triples(CASE_BASE, Findings())}
    assert short == long, source.location


def test_the_example_crate(monkeypatch: pytest.MonkeyPatch) -> None:
    for source in discover(EXAMPLE / "3-workflow-run-crate"):
        assert isinstance(source, Found)
        both_ways(source, monkeypatch)


def test_every_crate_of_the_corpus(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    for source in discover(corpus / "rocrate"):
        if isinstance(source, Found) and source.format.name == "ro-crate":
            try:
                both_ways(source, monkeypatch)
            except SourceError:
                continue
            compared += 1
    assert compared > 350


_REFERENCES = st.text("ab:/?#%20[]@_.~\u00e9 ", max_size=12) | st.from_regex(
    r"(https?|urn|mailto):(//)?[a-z\[:%0-9]{0,6}[/?#]?[a-z%#]{0,4}", fullmatch=True
)
_VALUES = st.one_of(
    st.text(max_size=5),
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.builds(lambda i: {"@id": i}, _REFERENCES),
)


@given(_REFERENCES, st.dictionaries(st.sampled_from(["name", "hasPart", "@type"]), _VALUES))
def test_what_is_plain_needs_no_repair(identifier: str, properties: dict[str, Any]) -> None:
    context = resolve_context(_CONTEXT, Findings())
    entity = {"@id": identifier, **properties}
    made = PlainEntities(context, set()).statements(entity)
    if made < 0:
        return
    findings = Findings()
    rewriter = Rewriter(context, CASE_BASE, findings, "")
    rewriter._plain.statements = lambda entity: -1  # type: ignore[method-assign]
    (node,) = rewriter.rewritten(entity, ("@graph", 0))
    assert findings.total(FindingKind.REPAIR) == findings.total(FindingKind.LOSS) == 0
    assert rewriter.statements == made
    assert {k: v if isinstance(v, list) else [v] for k, v in node.items()} == {
        k: v if isinstance(v, list) else [v] for k, v in entity.items()
    }
