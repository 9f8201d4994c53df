"""Reading crates: what is kept, repaired and refused."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from support import CASE_BASE, crate, ref

from ingest.bundle import Bundle, FolderFiles, SingleFile
from ingest.discover import Found, Refused, discover
from ingest.errors import InvalidSource, SourceError, UnreadableSource
from ingest.findings import FindingKind, Findings
from ingest.rocrate import read

SCHEMA = "http://schema.org/"


def statements(folder: Path) -> tuple[set[tuple[str, str, str]], Findings]:
    findings = Findings()
    document = read(Bundle(FolderFiles(folder), main="ro-crate-metadata.json"))
    triples = document.triples(CASE_BASE, findings)
    return {(t.subject.value, t.predicate.value, t.object.value) for t in triples}, findings


def codes(findings: Findings, kind: FindingKind) -> dict[str, int]:
    return {f.code: f.count for f in findings.of(kind)}


def test_relative_ids_resolve_in_the_source(tmp_path: Path) -> None:
    made, findings = statements(
        crate(tmp_path / "c", {"@id": "a/b.txt", "@type": "File", "name": "b"})
    )
    assert (CASE_BASE + "a/b.txt", SCHEMA + "name", "b") in made
    assert (CASE_BASE, SCHEMA + "name", "c") in made
    assert findings.total(FindingKind.LOSS) == findings.total(FindingKind.REPAIR) == 0


def test_invalid_ids_are_repaired_and_counted(tmp_path: Path) -> None:
    folder = crate(
        tmp_path / "c",
        {"@id": "a b[1].txt", "@type": "File", "name": "x"},
        hasPart=ref("a b[1].txt"),
    )
    made, findings = statements(folder)
    assert (CASE_BASE, SCHEMA + "hasPart", CASE_BASE + "a%20b%5B1%5D.txt") in made
    assert (CASE_BASE + "a%20b%5B1%5D.txt", SCHEMA + "name", "x") in made
    assert codes(findings, FindingKind.REPAIR) == {"invalid-iri": 2}
    assert findings.total(FindingKind.LOSS) == 0


def test_undefined_terms_keep_their_statements(tmp_path: Path) -> None:
    folder = crate(
        tmp_path / "c",
        {"@id": "#s", "@type": ["LabProcess", "Odd thing"], "pace_of_it": 3, "@odd": "y"},
    )
    made, findings = statements(folder)
    kinds = {o for s, p, o in made if s == CASE_BASE + "#s" and p.endswith("#type")}
    undefined = "https://w3id.org/kg-service/undefined#"
    assert kinds == {"https://bioschemas.org/LabProcess", undefined + "Odd%20thing"}
    assert (CASE_BASE + "#s", undefined + "pace_of_it", "3") in made
    assert (CASE_BASE + "#s", undefined + "@odd", "y") in made
    assert codes(findings, FindingKind.REPAIR) == {"undefined-type": 2, "undefined-property": 2}


@pytest.mark.parametrize(
    "value",
    [
        {"@value": "x", "@language": "en"},
        {"@value": "2020-01-01", "@type": "http://www.w3.org/2001/XMLSchema#date"},
        {"@list": ["a", "b"]},
        {"@set": ["a", ["b", ["c"]]]},
        {"@id": "#nested", "name": {"@value": 5}},
        {"name": "no id"},
        {},
        [None, "x", True, 1.5, 2**70],
        {"@value": {"a": 1}},
        {"@value": "x", "other": "y"},
        "\ud800 lone",
        {"@id": "_:b0"},
        {"@id": 7},
        {"@id": "#https://x.example/y"},
    ],
    ids=lambda v: json.dumps(v)[:40],
)
def test_no_value_is_dropped_in_silence(tmp_path: Path, value: Any) -> None:
    _made, findings = statements(crate(tmp_path / "c", description=value))
    assert "dropped" not in codes(findings, FindingKind.LOSS)


def test_things_without_an_id_get_the_same_one_each_time(tmp_path: Path) -> None:
    folder = crate(tmp_path / "c", {"@type": "Person", "name": "Ada"}, author={"name": "Bo"})
    assert statements(folder)[0] == statements(folder)[0]
    assert not any(s.startswith("_:") for s, _, _ in statements(folder)[0])


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        ("{", UnreadableSource, "line 1, column 2"),
        ("[1]", InvalidSource, "not an object"),
        ('{"a": 1}', InvalidSource, "no @graph"),
        ('{"@graph": [{"@id": "ro-crate-metadata.json"}]}', InvalidSource, "no root data entity"),
        (b"\xff\xfa{", UnreadableSource, "UTF-8"),
        ("[" * 100_000, UnreadableSource, "JSON"),
    ],
)
def test_what_is_no_crate_is_refused_with_what_where_and_what_to_do(
    tmp_path: Path, content: str | bytes, error: type[SourceError], words: str
) -> None:
    path = tmp_path / "ro-crate-metadata.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(error) as caught:
        read(Bundle(SingleFile(path), only=path.name))
    assert str(path) in str(caught.value)
    assert words in str(caught.value)
    assert caught.value.todo


def test_a_root_around_its_graph_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "ro-crate-metadata.json"
    document = {"@id": "ark:99999/x", "name": "odd", "@graph": [{"@id": "a.txt", "name": "a"}]}
    path.write_text(json.dumps(document), encoding="utf-8")
    made, findings = statements(tmp_path)
    assert ("ark:99999/x", SCHEMA + "name", "odd") in made
    assert (CASE_BASE + "a.txt", SCHEMA + "name", "a") in made
    assert "root-outside-graph" in codes(findings, FindingKind.REPAIR)


def test_duplicate_keys_keep_both_values(tmp_path: Path) -> None:
    folder = crate(tmp_path / "c")
    path = folder / "ro-crate-metadata.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"name": "c"', '"name": "c", "name": "d"'),
        encoding="utf-8",
    )
    made, findings = statements(folder)
    assert {o for s, p, o in made if s == CASE_BASE and p == SCHEMA + "name"} == {"c", "d"}
    assert codes(findings, FindingKind.REPAIR) == {"duplicate-key": 1}


def _zip(path: Path, entries: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def test_a_crate_is_found_in_a_folder_a_zip_and_a_zips_subfolder(tmp_path: Path) -> None:
    folder = crate(tmp_path / "c")
    text = (folder / "ro-crate-metadata.json").read_text(encoding="utf-8")
    flat = _zip(tmp_path / "flat.zip", {"ro-crate-metadata.json": text})
    deep = _zip(
        tmp_path / "deep.zip",
        {"top/ro-crate-metadata.json": text, "__MACOSX/._ro-crate-metadata.json": "junk"},
    )
    versions = set()
    for path in (folder, flat, deep, folder / "ro-crate-metadata.json"):
        found = [d for d in discover(path) if isinstance(d, Found)]
        assert len(found) == 1, path
        found[0].read()
        versions.add(found[0].bundle.version())
    assert len(versions) == 1, "the same metadata is the same version, packed or not"


def test_a_nested_crate_is_a_source_of_its_own(tmp_path: Path) -> None:
    crate(tmp_path / "c")
    crate(tmp_path / "c" / "inner")
    (tmp_path / "c" / "inner" / "x.json").write_text("{}", encoding="utf-8")
    found = [d for d in discover(tmp_path / "c") if isinstance(d, Found)]
    assert [f.nested for f in found] == ["", "inner/"]


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/evil", "a/../../evil", "C:\\evil"])
def test_a_zip_that_would_write_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("ro-crate-metadata.json", "{}")
        archive.writestr(name, "x")
    (only,) = discover(path)
    assert isinstance(only, Refused)
    assert only.error.code == "unsafe-archive"
    assert "outside the archive" in str(only.error)


def test_a_zip_bomb_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("ro-crate-metadata.json", "{}")
        with archive.open("zeros", "w", force_zip64=True) as stream:
            for _ in range(1100):
                stream.write(bytes(2**20))
    (only,) = discover(path)
    assert isinstance(only, Refused)
    assert "zip bomb" in str(only.error)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"plain"])
def test_a_broken_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    (only,) = discover(path)
    assert isinstance(only, Refused)
    assert only.error.code == "unreadable"


def test_every_crate_of_the_corpus_is_read_without_silent_loss(corpus: Path) -> None:
    taken = 0
    for folder in (corpus / "rocrate", corpus / "copyleft" / "rocrate"):
        for found in discover(folder):
            if not isinstance(found, Found) or found.format.name != "ro-crate":
                continue
            try:
                document = found.read()
            except SourceError:
                continue
            findings = Findings()
            assert sum(1 for _ in document.triples(CASE_BASE, findings)) > 0
            assert "dropped" not in codes(findings, FindingKind.LOSS), found.location
            taken += 1
    assert taken > 450
