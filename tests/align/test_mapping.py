"""Mapping sets: what they mean, and that a wrong row is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import CORPUS

from kg_service.align.engine import Alignment
from kg_service.align.sssom import read_sssom
from kg_service.errors import MappingError
from kg_service.store.grades import Grade
from kg_service.terms import SCHEMA_NS, prov

HEAD = """#curie_map:
#  schema: http://schema.org/
#  prov: http://www.w3.org/ns/prov#
#  skos: http://www.w3.org/2004/02/skos/core#
#mapping_set_id: https://x.example/set
record_id\tsubject_id\tpredicate_id\tobject_id\tmapping_justification\tsubject_class\tinverse
"""


def one_row(tmp_path: Path, row: str) -> Path:
    path = tmp_path / "x.sssom.tsv"
    path.write_text(HEAD + row + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("subject", "relation", "object_", "entails", "grade"),
    [
        ("schema:a", "exactMatch", "prov:used", True, Grade.MAPPED),
        ("schema:a", "broadMatch", "prov:used", True, Grade.MAPPED),
        ("prov:used", "narrowMatch", "schema:a", True, Grade.MAPPED),
        ("schema:a", "closeMatch", "prov:used", True, Grade.CLOSE),
        ("schema:a", "relatedMatch", "prov:used", False, Grade.MAPPED),
        ("schema:a", "narrowMatch", "prov:used", False, Grade.MAPPED),
        ("prov:used", "broadMatch", "schema:a", False, Grade.MAPPED),
    ],
)
def test_what_each_relation_entails(
    tmp_path: Path, subject: str, relation: str, object_: str, entails: bool, grade: Grade
) -> None:
    path = one_row(tmp_path, f"x:1\t{subject}\tskos:{relation}\t{object_}\tj\t\t")
    (row,) = read_sssom(path, bool).rows
    assert (row.source, row.target) == (SCHEMA_NS + "a", prov("used").value)
    assert (row.entails, row.grade) == (entails, grade)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("x:1\tschema:a\tskos:sameMatch\tprov:used\tj\t\t", "no SKOS mapping relation"),
        ("x:1\tfoo:a\tskos:exactMatch\tprov:used\tj\t\t", "no prefix"),
        ("x:1\tschema:a\tskos:exactMatch\tschema:b\tj\t\t", "neither side"),
        ("\tschema:a\tskos:exactMatch\tprov:used\tj\t\t", "no record_id"),
        ("x:1\tschema:a\tskos:exactMatch\tprov:used\tj\tfoo:X\t", "no prefix"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line(tmp_path: Path, row: str, words: str) -> None:
    path = one_row(tmp_path, row)
    with pytest.raises(MappingError, match="line 7") as caught:
        read_sssom(path, bool)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


def test_the_shipped_sets_load_and_tell_their_version(alignment: Alignment) -> None:
    names = {m.iri.rpartition("/")[2] for m in alignment.sets}
    assert {"run-crate", "isa", "icat", "scicat"} <= names
    assert all(m.version for m in alignment.sets)
    assert "run-crate 1" in alignment.version


def test_every_row_of_the_published_mapping_is_there(alignment: Alignment) -> None:
    """The SSSOM published with Workflow Run RO-Crate, row by row."""
    published = CORPUS.parent / "vocabularies" / "wrroc-prov-mapping.sssom.tsv"
    if not published.is_file():
        pytest.skip("needs the published mapping in ../shared/vocabularies, which is not here")
    spelled = {"bioschema": "https://bioschemas.org/", "schema": SCHEMA_NS}
    ours = {
        (row.source, row.target.rpartition("#")[2])
        for mapping in alignment.sets
        for row in mapping.rows
    }
    lines = published.read_text(encoding="utf-8").splitlines()[1:]
    missing = []
    for line in lines:
        target, _label, _relation, source = line.split("\t")[:4]
        prefix, _, local = source.partition(":")
        pair = (spelled[prefix] + local, target.removeprefix("prov:"))
        # prov:agent of a qualified association is what the rule 'association' makes
        if pair not in ours and pair[1] != "agent":
            known = pair[1] == "Agent" and local == "SoftwareApplication"
            missing += [] if known else [pair]
    assert not missing
