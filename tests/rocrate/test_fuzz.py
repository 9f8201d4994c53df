"""Whatever comes in the place of a crate: only our own errors come out."""

from __future__ import annotations

import io
import json
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import CASE_BASE

from ingest.bundle import Bundle, SingleFile
from ingest.discover import Found, discover
from ingest.errors import SourceError
from ingest.findings import FindingKind, Findings
from ingest.rocrate import read
from ingest.rocrate.rewrite import MAX_NESTING

_CRATE: dict[str, Any] = {
    "@context": [
        "https://w3id.org/ro/crate/1.1/context",
        {"ex": "https://example.org/", "odd": {"@id": "ex:odd", "@type": "@id"}},
    ],
    "@graph": [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": [{"@id": "https://w3id.org/ro/crate/1.1"}],
        },
        {
            "@id": "./",
            "@type": ["Dataset", "ex:Thing"],
            "name": "c",
            "identifier": {"@id": "#id"},
            "hasPart": [{"@id": "a b.txt"}, {"@id": "https://example.org/b"}],
            "author": {"@type": "Person", "name": "Ada"},
            "odd": ["#x", {"@list": [1, 2.5]}],
            "@reverse": {"isPartOf": {"@id": "#up"}},
        },
        {"@id": "#id", "@type": "PropertyValue", "value": "10.5281/zenodo.1"},
        {"@id": "a b.txt", "@type": "File", "contentSize": 5, "license": {"@value": "x"}},
    ],
}
_KEYS = [
    "@id", "@type", "@value", "@list", "@set", "@graph", "@context", "@reverse", "@language",
    "@included", "@index", "@nest", "@json", "@base", "@vocab", "@version", "@none", "@container",
    "@import", "@propagate", "@protected", "@odd", "id", "type", "name", "about", "identifier",
    "hasPart", "author", "conformsTo", "ex:", "ex:a", ":", "odd",
]  # fmt: skip
_TEXTS = [
    *_KEYS, "./", ".", "", "#", "##", "_:b", "_:", "//x", "http://[", "http://x:y/", "%zz", " ",
    "\ud800", "\x00", "\u202e", "a\nb", "://", "\U0001f600", "ro-crate-metadata.json",
    "https://w3id.org/ro/crate/1.1/context", "x" * 70_000,
]  # fmt: skip
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**53, 10**30, -(10**400), 1e308, 1e400, float("nan"), -0.0])
    | st.floats()
    | st.sampled_from(_TEXTS)
    | st.text(st.characters(codec=None), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_TEXTS), inner, max_size=4)
    ),
    max_leaves=8,
)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each container with each of its keys or indexes."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield value, key
        if isinstance(inner, (dict, list)):
            yield from _places(inner)


@st.composite
def mutated(draw: st.DrawFn, within: str | None = None) -> str:
    """A valid crate in which some values are dropped, replaced or renamed."""
    document = json.loads(json.dumps(_CRATE))
    for _ in range(draw(st.integers(1, 4))):
        places = list(_places(document[within] if within else document))
        if not places:
            break
        holder, key = places[draw(st.integers(0, len(places) - 1))]
        change = draw(st.sampled_from(["drop", "replace", "rename", "add"]))
        if change == "drop":
            del holder[key]
        elif change == "replace" or isinstance(holder, list):
            holder[key] = draw(_VALUES)
        elif change == "rename":
            holder[draw(st.sampled_from(_TEXTS))] = holder.pop(key)
        else:
            holder[draw(st.sampled_from(_TEXTS))] = draw(_VALUES)
    text = json.dumps(document)
    if within is None and draw(st.booleans()):
        at = draw(st.integers(0, len(text)))
        junk = draw(st.sampled_from(["", "NaN", '"', "}", ',"@id":1', "\\ud800", "é"]))
        text = text[:at] + junk + text[at:]
    return text


def taken(content: bytes, name: str = "ro-crate-metadata.json") -> Findings | None:
    """What was noticed of a file on its own, None where it is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        findings = refused = None
        for found in discover(path):
            if isinstance(found, Found):
                try:
                    findings = Findings()
                    for triple in found.read().triples(CASE_BASE, findings):
                        assert not str(triple).startswith("_:")
                except SourceError as error:
                    refused, findings = error, None
        if refused is not None:
            assert refused.todo
            assert len(str(refused)) < 2_000
        return findings


_FUZZ = settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])


@_FUZZ
@given(mutated())
def test_a_mutated_crate_is_read_or_refused(text: str) -> None:
    taken(text.encode("utf-8", "surrogatepass"))


@_FUZZ
@given(mutated("@graph"))
def test_under_a_sound_context_nothing_is_dropped(text: str) -> None:
    findings = taken(text.encode("utf-8", "surrogatepass"))
    if findings is not None:
        assert "dropped" not in {f.code for f in findings.of(FindingKind.LOSS)}


@_FUZZ
@given(mutated(), st.data())
def test_a_truncated_or_damaged_crate_is_read_or_refused(text: str, data: st.DataObject) -> None:
    content = bytearray(text.encode("utf-8", "surrogatepass"))
    if content and data.draw(st.booleans()):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    taken(bytes(content[: data.draw(st.integers(0, len(content)))]))


@_FUZZ
@given(mutated())
def test_whatever_it_is_called(text: str) -> None:
    taken(text.encode("utf-8", "surrogatepass"), "any.json")


def read_text(tmp_path: Path, text: str) -> int:
    path = tmp_path / "ro-crate-metadata.json"
    path.write_text(text, encoding="utf-8")
    return sum(
        1 for _ in read(Bundle(SingleFile(path), only=path.name)).triples(CASE_BASE, Findings())
    )


def refusal(tmp_path: Path, text: str) -> SourceError | None:
    try:
        read_text(tmp_path, text)
    except SourceError as error:
        return error
    return None


@pytest.mark.parametrize("depth", [MAX_NESTING + 1, 200, 400, 900, 2_000, 100_000])
@pytest.mark.parametrize(
    ("opening", "closing"),
    [('{"author":', "}"), ('{"@id":"#x","author":', "}"), ("[", "]"), ('{"@list":[', "]}"),
     ('{"@set":', "}"), ('{"@graph":', "}"), ('{"@reverse":{"author":', "}}"),
     ('{"@value":', "}"), ('{"@context":', "}")],
)  # fmt: skip
def test_deep_nesting_is_refused(tmp_path: Path, depth: int, opening: str, closing: str) -> None:
    deep = opening * depth + '{"@id":"#y"}' + closing * depth
    text = json.dumps(_CRATE).replace('"10.5281/zenodo.1"', deep)
    refused = refusal(tmp_path, text)
    if refused is None:
        assert opening in (
            "[",
            '{"@list":[',
            '{"@set":',
            '{"@value":',
            '{"@graph":',
            '{"@context":',
        )
        assert depth <= 900
    else:
        assert "nested" in str(refused) or "JSON" in str(refused)


def test_a_context_nested_deeply_is_refused(tmp_path: Path) -> None:
    for depth in (100, 500, 900):
        context = '{"a":' * depth + '"b"' + "}" * depth
        text = json.dumps({**_CRATE, "@context": [json.loads(context), *_CRATE["@context"]]})
        refused = refusal(tmp_path, text)
        assert refused is None or refused.todo


def test_a_huge_text_is_kept(tmp_path: Path) -> None:
    text = json.dumps(_CRATE).replace('"10.5281/zenodo.1"', json.dumps("x" * 5_000_000))
    assert read_text(tmp_path, text) > 10


# --- archives -----------------------------------------------------------------------------


def _packed() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("c/ro-crate-metadata.json", json.dumps(_CRATE))
        archive.writestr("c/data.bin", bytes(3000))
    return content.getvalue()


@_FUZZ
@given(st.data())
def test_a_damaged_zip_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(_packed())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    taken(bytes(content[: data.draw(st.integers(0, len(content)))]), "c.zip")


@pytest.mark.parametrize("size", [0, 5, 2**31, 2**32 - 1])
def test_a_zip_that_lies_about_sizes(size: int) -> None:
    content = bytearray(_packed())
    at = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, size)  # the uncompressed size in the central directory
    assert taken(bytes(content), "c.zip") is None
