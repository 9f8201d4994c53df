"""Laws of the readers: broken files are refused with our own errors, order does not matter."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from provenance.running import quads

from ingest.bundle import Bundle
from ingest.errors import SourceError, UnreadableSource
from ingest.findings import Findings
from ingest.prov import is_prov_json, is_prov_n, is_prov_o, is_prov_xml, read, read_rdf
from ingest.prov.addresses import resolve
from ingest.sniff import Sniff

FOLDER = Path(__file__).parent / "one_graph"
FILES = sorted(path.name for path in FOLDER.iterdir())
CONTENT = {name: (FOLDER / name).read_text(encoding="utf-8") for name in FILES}


@dataclass(frozen=True)
class OneFile:
    """A file in memory."""

    name: str
    content: bytes
    location: str = "memory"

    def names(self) -> list[str]:
        return [self.name]

    def size(self, name: str) -> int | None:
        return len(self.content) if name == self.name else None

    def pieces(self, name: str) -> Iterator[bytes]:
        yield self.content


def bundle(name: str, text: str) -> Bundle:
    return Bundle(OneFile(name, text.encode("utf-8", "replace")), only=name)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(FILES),
    st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 8), st.text(max_size=4)), max_size=4),
)
def test_what_is_broken_is_refused_with_our_errors(
    name: str, edits: list[tuple[int, int, str]]
) -> None:
    text = CONTENT[name]
    for at, cut, put in edits:
        at %= len(text)
        text = text[:at] + put + text[at + cut :]
    files = bundle(name, text)
    sniff = Sniff(files, name)
    for known in (is_prov_n, is_prov_json, is_prov_xml, is_prov_o):
        known(sniff)
    reader = read_rdf if name.endswith((".trig", ".nq", ".jsonld")) else read
    with contextlib.suppress(SourceError):
        quads(reader(files), Findings())


@settings(max_examples=30, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_expressions_does_not_matter(shuffle: random.Random) -> None:
    head, _, rest = CONTENT["document.provn"].partition("\n\n")
    body, _, bundled = rest.partition("\nbundle ")
    lines = [line for line in body.splitlines() if line.strip()]
    shuffle.shuffle(lines)
    text = "\n".join([head, *lines, f"bundle {bundled}"])
    said = [
        set(quads(read(bundle("x.provn", t)), Findings())) for t in (text, head + "\n\n" + rest)
    ]
    assert said[0] == said[1]


def test_an_entity_declaration_in_xml_is_not_followed() -> None:
    text = '<!DOCTYPE d [<!ENTITY a "aaaa">]>' + CONTENT["document.xml"].partition("?>")[2]
    with pytest.raises(UnreadableSource, match="without entity declarations"):
        read(bundle("x.xml", text))


@pytest.mark.parametrize(
    ("base", "reference", "expected"),
    [
        ("arcp://uuid,1/metadata/", "../workflow/x", "arcp://uuid,1/workflow/x"),
        ("arcp://uuid,1/metadata/", "/", "arcp://uuid,1/"),
        ("http://h/a/b/", "c#d", "http://h/a/b/c#d"),
        ("http://h/a/b/", "urn:x:y", "urn:x:y"),
    ],
)
def test_references_resolve_against_any_scheme(base: str, reference: str, expected: str) -> None:
    assert resolve(base, reference) == expected
