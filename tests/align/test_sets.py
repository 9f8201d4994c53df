"""Mapping sets as files: SSSOM and SKOS say the same, wrong ones are refused by line."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from support import REPOSITORY

from kg_service.align.engine import Alignment
from kg_service.align.mapping import MappingSet, Row
from kg_service.align.skos import read_skos, write_skos
from kg_service.align.sssom import read_sssom, write_sssom
from kg_service.errors import MappingError
from kg_service.opening import load_alignment
from kg_service.terms import SCHEMA_NS, prov

NAMES = sorted(p.name.partition(".")[0] for p in (REPOSITORY / "mappings").glob("*.sssom.tsv"))
PREFIXES = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix schema: <http://schema.org/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix sssom: <https://w3id.org/sssom/> .
@prefix kg: <https://w3id.org/kg-service/terms#> .
"""
HEAD = """#curie_map:
#  schema: http://schema.org/
#  prov: http://www.w3.org/ns/prov#
#  kg: https://w3id.org/kg-service/terms#
#  skos: http://www.w3.org/2004/02/skos/core#
#mapping_set_id: https://lab.example/mappings/lab
record_id\tsubject_id\tpredicate_id\tobject_id\tmapping_justification\tsubject_class\tinverse
"""


def said(mapping: MappingSet) -> list[Row]:
    """The rows, but for where in which file they stand."""
    rows = [replace(r, line=0, metadata=tuple(sorted(r.metadata))) for r in mapping.rows]
    return sorted(rows, key=lambda row: row.record_id)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["sssom", "skos"])
def test_a_set_comes_back_from_each_form(
    alignment: Alignment, tmp_path: Path, name: str, form: str
) -> None:
    mapping = next(m for m in alignment.sets if m.name == name)
    if mapping.rules:
        shutil.copytree(mapping.rules[0].path.parent, tmp_path / "rules" / name)
    path = tmp_path / ("set.ttl" if form == "skos" else "set.sssom.tsv")
    path.write_text(write_skos(mapping) if form == "skos" else write_sssom(mapping))
    again = read_skos(path, bool) if form == "skos" else read_sssom(path, bool)
    assert said(again) == said(mapping)
    assert (again.iri, again.title, again.version) == (mapping.iri, mapping.title, mapping.version)
    assert {r.text for r in again.rules} == {r.text for r in mapping.rules}
    assert again.not_provenance == mapping.not_provenance


def test_bare_skos_statements_are_a_set(tmp_path: Path) -> None:
    text = PREFIXES + "prov:wasDerivedFrom skos:narrowMatch schema:isBasedOn .\n"
    (tmp_path / "lab.ttl").write_text(text)
    (mapping,) = (m for m in load_alignment([str(tmp_path)]).sets if m.name == "lab")
    (row,) = mapping.rows
    assert (row.source, row.target) == (SCHEMA_NS + "isBasedOn", prov("wasDerivedFrom").value)
    assert row.entails
    assert row.record_id.startswith("lab:")


def test_a_set_with_the_id_of_a_shipped_one_takes_its_place(tmp_path: Path) -> None:
    iri = "https://w3id.org/kg-service/mappings/scicat"
    (tmp_path / "mine.sssom.tsv").write_text(
        HEAD.replace("https://lab.example/mappings/lab", iri)
        + "my:1\tschema:isBasedOn\tskos:closeMatch\tprov:wasDerivedFrom\tj\t\t\n"
    )
    (mapping,) = (m for m in load_alignment([str(tmp_path)]).sets if m.iri == iri)
    assert [row.record_id for row in mapping.rows] == ["my:1"]


def test_the_digest_changes_with_what_sets_say_only(alignment: Alignment, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(REPOSITORY / "mappings", folder)
    assert load_alignment([str(folder)]).digest == alignment.digest
    rule = next((folder / "rules" / "run-crate").glob("*.rq"))
    rule.write_text(rule.read_text() + "\n# changed\n")
    assert load_alignment([str(folder)]).digest != alignment.digest


ROW = "lab:1\tschema:isBasedOn\tskos:closeMatch\tprov:wasDerivedFrom\tj\t\t\n"


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        (
            "lab:1\tschema:a\tskos:closeMatch\tprov:wasDerivedFroom\tj\t\t\n",
            8,
            "check its spelling",
        ),
        ("lab:1\tschema:a\tskos:almostMatch\tprov:used\tj\t\t\n", 8, "no SKOS mapping relation"),
        ("lab:1\tschema:a\tskos:closeMatch\t\tj\t\t\n", 8, "no object_id"),
        ("lab:1\tschema:a\tskos:closeMatch\tprov:used\tj\t\tperhaps\n", 8, "write true, false"),
        (ROW + ROW.replace("isBasedOn", "b"), 9, "record_id lab:1 stands at"),
        (ROW + ROW.replace("lab:1", "lab:2").replace("close", "related"), 9, "keep one of them"),
        (ROW + "lab:2\tschema:isBasedOn\tskos:exactMatch\tprov:Entity\tj\t\t\n", 8, "a property"),
        (
            "lab:1\tschema:X\tskos:exactMatch\tkg:Sample\tj\t\t\n"
            "lab:2\tschema:X\tskos:exactMatch\tkg:ToolRun\tj\t\t\n",
            8,
            "can not be both",
        ),
    ],
)
def test_a_wrong_row_is_refused_with_its_line(
    tmp_path: Path, rows: str, line: int, words: str
) -> None:
    path = tmp_path / "lab.sssom.tsv"
    path.write_text(HEAD + rows)
    with pytest.raises(MappingError) as caught:
        load_alignment([str(tmp_path)])
    assert words in str(caught.value)
    assert f"{path}: line {line}:" in str(caught.value)


def test_every_wrong_row_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "lab.sssom.tsv").write_text(
        HEAD
        + "lab:1\tnope:a\tskos:closeMatch\tprov:used\tj\t\t\n\tschema:a\ta:b\tprov:used\tj\t\t\n"
    )
    with pytest.raises(MappingError) as caught:
        load_alignment([str(tmp_path)])
    assert "line 8: 'nope:a' has no prefix" in str(caught.value)
    assert "line 9: no record_id" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("schema:a skos:exactMatch prov:usedd .\n", 7, "is no term of its vocabulary"),
        ("\nschema:a skos:likeMatch prov:used .\n", 8, "no SKOS mapping relation"),
        ("schema:a skos:exactMatch prov:used\n", 8, ""),
    ],
)
def test_a_wrong_skos_file_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    (tmp_path / "lab.ttl").write_text(PREFIXES + text)
    with pytest.raises(MappingError) as caught:
        load_alignment([str(tmp_path)])
    assert words in str(caught.value)
    assert f"lab.ttl: line {line}:" in str(caught.value)


def test_a_rule_that_does_not_parse_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "bad.rq").write_text("CONSTRUCT { ?a ?b } WHERE { ?a ?b ?c }")
    (tmp_path / "lab.sssom.tsv").write_text("#kg_rules:\n#  - rules/bad.rq\n" + HEAD + ROW)
    with pytest.raises(MappingError, match=r"bad\.rq: the rule does not parse"):
        load_alignment([str(tmp_path)])


def test_a_folder_that_is_not_there_is_one_clear_message(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="no such folder of mapping sets"):
        load_alignment([str(tmp_path / "nowhere")])
