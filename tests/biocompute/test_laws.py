"""Laws of BioCompute Objects: whatever stands in a domain is kept or told, and never raised."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import CASE_BASE

from ingest.biocompute import read
from ingest.biocompute.data import data_of
from ingest.bundle import Bundle, SingleFile
from ingest.document import Visibility
from ingest.findings import Findings

CASES = Path(__file__).parent / "cases"
OBJECT = json.loads((CASES / "one-object" / "input" / "bco.json").read_text(encoding="utf-8"))
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["uri", "name", "step_number", "key", "value", ""]), inner
        )
    ),
    max_leaves=8,
)


def document(folder: Path, value: Any) -> Any:
    path = folder / "bco.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return read(Bundle(SingleFile(path), only=path.name))


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), junk=_JSON)
def test_junk_in_a_domain_is_read(tmp_path: Path, data: st.DataObject, junk: Any) -> None:
    changed = json.loads(json.dumps(OBJECT))
    place = data.draw(st.sampled_from(sorted(k for k in changed if k.endswith("_domain"))))
    inner = changed[place]
    if isinstance(inner, dict) and data.draw(st.booleans()):
        inner[data.draw(st.sampled_from(sorted(inner)))] = junk
    else:
        changed[place] = junk
    first = set(document(tmp_path, changed).triples(CASE_BASE, Findings()))
    assert first == set(document(tmp_path, changed).triples(CASE_BASE, Findings()))


@pytest.mark.parametrize(
    "written",
    [
        "http://x.example/a",
        {"uri": "http://x.example/a"},
        {"uri": {"uri": "http://x.example/a"}},
        [{"uri": {"uri": "http://x.example/a"}}],
        [["http://x.example/a"]],
        {"address": " http://x.example/a "},
    ],
)
def test_every_wrapping_of_a_uri_is_that_uri(written: Any) -> None:
    assert [d.uri for d in data_of(written, "$")] == ["http://x.example/a"]


def test_an_embargo_is_told(tmp_path: Path) -> None:
    said = document(tmp_path, OBJECT).description
    assert said.visible_from == "2030-01-01T00:00:00-05:00"
    assert said.visibility is None
    assert said.licence == "https://spdx.org/licenses/CC-BY-4.0.html"


def test_a_dump_with_drafts_is_not_public(tmp_path: Path) -> None:
    def dump(*states: str) -> Any:
        return [{"pk": n, "fields": {"state": s, "contents": OBJECT}} for n, s in enumerate(states)]

    public = document(tmp_path, dump("PUBLISHED", "PUBLISHED")).description
    assert public.visibility is Visibility.PUBLIC
    assert document(tmp_path, dump("PUBLISHED", "DRAFT")).description.visibility is (
        Visibility.INTERNAL
    )


def test_accounts_in_a_dump_are_not_read(tmp_path: Path) -> None:
    secret = {"model": "auth.user", "pk": 1, "fields": {"password": "pbkdf2_secret"}}
    findings = Findings()
    made = document(tmp_path, [secret, OBJECT]).triples(CASE_BASE, findings)
    assert "pbkdf2_secret" not in " ".join(map(str, made))
    assert "pbkdf2_secret" not in " ".join(e.detail for f in findings for e in f.examples)


def test_what_has_no_address_is_not_the_same_thing(tmp_path: Path) -> None:
    """Placeholders and relative paths of two objects never meet."""
    reference = [{"uri": {"uri": "N/A"}}, {"uri": {"uri": "out/result.txt"}}]
    one = {"provenance_domain": {"name": "a"}, "io_domain": {"output_subdomain": reference}}
    other = {"provenance_domain": {"name": "b"}, "io_domain": {"input_subdomain": reference}}
    made = list(document(tmp_path, [one, other]).triples(CASE_BASE, Findings()))
    nodes = {
        side: {t.object for t in made if t.predicate.value.endswith(f"#{side}_subdomain")}
        for side in ("input", "output")
    }
    assert len(nodes["input"]) == len(nodes["output"]) == 2
    assert nodes["input"].isdisjoint(nodes["output"])
