"""The forms in which crates come: detached, nested, in bags and archives of all kinds."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from support import CASE_BASE, crate, ref

from ingest.bundle import PIECE_BYTES, Bundle, FolderFiles, SingleFile
from ingest.discover import Discovery, Found, Refused, discover
from ingest.errors import InvalidSource, SourceError, UnreadableSource
from ingest.findings import FindingKind, Findings
from ingest.rocrate import read

NAME = "ro-crate-metadata.json"


def found(path: Path) -> list[Found]:
    return [d for d in discover(path) if isinstance(d, Found)]


def refused(path: Path) -> list[Refused]:
    return [d for d in discover(path) if isinstance(d, Refused)]


def statements(source: Found) -> set[str]:
    return {str(t) for t in source.read().triples(CASE_BASE, Findings())}


def warnings(source: Found) -> set[str]:
    findings = Findings()
    list(source.read().triples(CASE_BASE, findings))
    return {f.code for f in findings.of(FindingKind.WARNING)}


def metadata(name: str = "c", root: str = "./", descriptor: str = NAME, **more: Any) -> str:
    graph = [
        {"@id": descriptor, "@type": "CreativeWork", "about": {"@id": root},
         "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"}},
        {"@id": root, "@type": "Dataset", "name": name, **more},
    ]  # fmt: skip
    return json.dumps({"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": graph})


def zipped(path: Path, entries: dict[str, str | bytes], **options: Any) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


# --- roots and names ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("root", "subject"),
    [
        ("./", CASE_BASE),
        ("", CASE_BASE),
        ("https://example.org/data/1/", "https://example.org/data/1/"),
        ("arcp://uuid,b7749d0b-0e47-5fc4-999d-f154abe68065/", None),
        ("ark:/12345/x", None),
        ("#root", CASE_BASE + "#root"),
    ],
)
@pytest.mark.parametrize("descriptor", [NAME, "./" + NAME, "https://example.org/" + NAME])
def test_any_root_that_a_descriptor_is_about(
    tmp_path: Path, root: str, subject: str | None, descriptor: str
) -> None:
    (tmp_path / NAME).write_text(metadata("the root", root, descriptor), encoding="utf-8")
    (source,) = found(tmp_path)
    assert source.read().description.title == "the root"
    assert f'<{subject or root}> <http://schema.org/name> "the root"' in statements(source)


def test_a_root_before_its_descriptor_in_a_large_crate(tmp_path: Path) -> None:
    document = json.loads(metadata("the root", "https://example.org/r", "x/" + NAME))
    descriptor, root = document["@graph"]
    root["identifier"] = {"@id": "#doi"}
    filler = [{"@id": f"f{n}", "@type": "File", "name": "x" * 50_000} for n in range(120)]
    document["@graph"] = [
        {"@id": "#doi", "@type": "PropertyValue", "value": "doi:10.1234/x"},
        *filler, root, *filler[:5], descriptor,
    ]  # fmt: skip
    path = tmp_path / NAME
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
    assert path.stat().st_size > 5 * PIECE_BYTES
    (source,) = found(tmp_path)
    document_read = source.read()
    assert document_read.description.title == "the root"
    assert document_read.description.identifier == "doi:10.1234/x"
    assert source.bundle.version() == hashlib.sha256(path.read_bytes()).hexdigest()
    assert sum(1 for _ in document_read.triples(CASE_BASE, Findings())) == 2 * 125 + 8


def test_the_crates_own_descriptor_goes_before_those_of_its_parts(tmp_path: Path) -> None:
    document = json.loads(metadata("outer"))
    inner = {"@id": f"sub/{NAME}", "@type": "CreativeWork", "about": {"@id": "sub/"}}
    document["@graph"][:0] = [inner, {"@id": "sub/", "@type": "Dataset", "name": "inner"}]
    (tmp_path / NAME).write_text(json.dumps(document), encoding="utf-8")
    assert found(tmp_path)[0].read().description.title == "outer"


@pytest.mark.parametrize(
    ("identifier", "taken"),
    [
        ("http://localhost:8080", None),
        ("https://127.0.0.1/", None),
        ("https://localhost.example.org/1", "https://localhost.example.org/1"),
        (["http://localhost", "10.1234/x"], "10.1234/x"),
    ],
)
def test_an_address_of_a_machine_itself_identifies_nothing(
    tmp_path: Path, identifier: Any, taken: str | None
) -> None:
    (tmp_path / NAME).write_text(metadata(identifier=identifier), encoding="utf-8")
    assert found(tmp_path)[0].read().description.identifier == taken


def test_detached_crates_have_names_of_their_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        text = metadata(name, f"https://example.org/{name}/", f"{name}-{NAME}")
        (tmp_path / f"{name}-{NAME}").write_text(text, encoding="utf-8")
    assert {s.read().description.title for s in found(tmp_path)} == {"one", "two"}
    (tmp_path / NAME).write_text(metadata("attached"), encoding="utf-8")
    titles = [s.read().description.title for s in found(tmp_path)]
    assert sorted(map(str, titles)) == ["attached", "one", "two"]
    packed = zipped(
        tmp_path / "x.zip", {f"a/{n}-{NAME}": (tmp_path / f"{n}-{NAME}").read_bytes() for n in
                             ("one", "two")}
    )  # fmt: skip
    assert len(found(packed)) == 2


def test_a_nested_crate_speaks_of_itself_by_the_outer_ones_name_for_it(tmp_path: Path) -> None:
    crate(tmp_path / "c", hasPart=ref("sub/"))
    crate(tmp_path / "c" / "sub" / "subsub", name="innermost")
    crate(tmp_path / "c" / "sub")
    sources = found(tmp_path / "c")
    assert [s.nested for s in sources] == ["", "sub/", "subsub/"]
    assert [s.outer.nested if s.outer else None for s in sources] == [None, "", "sub/"]


def test_a_failed_export_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text('{"@error": "yevis failed: no such file"}', encoding="utf-8")
    (source,) = found(tmp_path)
    with pytest.raises(InvalidSource, match="failed export: yevis failed: no such file"):
        source.read()


def test_statements_beside_the_graph_are_not_lost_in_silence(tmp_path: Path) -> None:
    text = metadata().replace('{"@context"', '{"name": "beside", "@context"', 1)
    (tmp_path / NAME).write_text(text, encoding="utf-8")
    findings = Findings()
    list(found(tmp_path)[0].read().triples(CASE_BASE, findings))
    assert {f.code: f.count for f in findings.of(FindingKind.LOSS)} == {"outside-graph": 1}


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text(metadata(description="x" * 5_000_000), encoding="utf-8")
    document = read(Bundle(FolderFiles(tmp_path), main=NAME))
    path.write_text(metadata(description="y" * 5_000_000), encoding="utf-8")
    with pytest.raises(UnreadableSource, match="changed while it was read"):
        list(document.triples(CASE_BASE, Findings()))


# --- pieces -----------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_where_the_pieces_are_cut_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: int, encoding: str
) -> None:
    text = metadata("caf\u00e9 \U0001f600 \\ud83d\\ude00", size=[12345, -1.5e-7, True, None])
    path = tmp_path / NAME
    path.write_text(text, encoding=encoding)
    whole = {
        str(t) for t in read(Bundle(SingleFile(path), only=NAME)).triples(CASE_BASE, Findings())
    }
    monkeypatch.setattr("ingest.bundle.PIECE_BYTES", cut)
    cut_up = read(Bundle(SingleFile(path), only=NAME)).triples(CASE_BASE, Findings())
    assert {str(t) for t in cut_up} == whole
    assert len(whole) == 8


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{\n "@graph": [\n  {"a": 1},\n  {"a" 2}\n ]\n}', "':' delimiter at line 4, column 8"),
        ('{"@graph": [{"a": tru', "line 1, column 19"),
        ('{"@graph": [{"a": "x', "Unterminated string starting at line 1, column 19"),
        ('{"@graph": [1 2]}', "Expecting ',' delimiter at line 1, column 15"),
        ('{"@graph": []} x', "Extra data at line 1, column 16"),
        ("", "Expecting value at line 1, column 1"),
    ],
)
@pytest.mark.parametrize("cut", [1, 5, 1000])
def test_faults_are_placed_whatever_the_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, words: str, cut: int
) -> None:
    monkeypatch.setattr("ingest.bundle.PIECE_BYTES", cut)
    path = tmp_path / NAME
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableSource) as caught:
        read(Bundle(SingleFile(path), only=NAME))
    assert words in str(caught.value)


# --- bags and archives ------------------------------------------------------------------------


def bag(folder: Path, stated: str) -> Path:
    crate(folder / "data")
    (folder / "bagit.txt").write_text("BagIt-Version: 1.0\n", encoding="utf-8")
    manifest = f"{stated}  data/{NAME}\n"
    (folder / "manifest-sha256.txt").write_text(manifest, encoding="utf-8")
    return folder


def test_a_crate_in_a_bag_is_checked_against_its_manifest(tmp_path: Path) -> None:
    folder = bag(tmp_path / "b", "0" * 64)
    (source,) = found(folder)
    assert warnings(source) == {"bag-checksum"}
    right = hashlib.sha256((folder / "data" / NAME).read_bytes()).hexdigest()
    (source,) = found(bag(folder.parent / "right", "0" * 64))
    (folder.parent / "right" / "data" / NAME).write_bytes((folder / "data" / NAME).read_bytes())
    manifest = folder.parent / "right" / "manifest-sha256.txt"
    manifest.write_text(f"{right}  data/{NAME}\n", encoding="utf-8")
    assert warnings(source) == set()
    packed = zipped(
        tmp_path / "b.zip",
        {f"b/{p.relative_to(folder)}": p.read_bytes() for p in folder.rglob("*") if p.is_file()},
    )
    assert warnings(found(packed)[0]) == {"bag-checksum"}


def test_an_eln_file_is_a_zip_with_one_folder(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "notes.eln",
        {f"2024-export/{NAME}": metadata("notes"), "2024-export/a/export.json": "{}"},
    )
    (source,) = found(path)
    assert source.location.endswith(f"notes.eln!/2024-export/{NAME}")
    assert source.read().description.title == "notes"


def test_several_crates_in_one_zip(tmp_path: Path) -> None:
    entries: dict[str, str | bytes] = {f"c{n}/{NAME}": metadata(f"c{n}") for n in range(3)}
    entries |= {f"__MACOSX/c0/._{NAME}": b"\x00\x05junk", f"c0/._{NAME}": b"junk"}
    sources = found(zipped(tmp_path / "x.zip", entries))
    assert [s.read().description.title for s in sources] == ["c0", "c1", "c2"]


def test_zip64_with_more_entries_than_a_zip_could_count(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for number in range(65_600):
            archive.writestr(f"c/data/{number}", b"")
        with archive.open(f"c/{NAME}", "w", force_zip64=True) as stream:
            stream.write(metadata("many").encode())
    (source,) = found(path)
    assert source.read().description.title == "many"


class Unseekable(io.RawIOBase):
    """A stream that can not go back, as when a zip is made while it is sent."""

    def __init__(self) -> None:
        self.content = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.content += bytes(data)
        return len(data)


def test_a_zip_that_was_written_as_a_stream(tmp_path: Path) -> None:
    stream = Unseekable()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        archive.writestr(NAME, metadata("streamed"))
    (tmp_path / "x.zip").write_bytes(stream.content)
    assert stream.content[6] & 0x08, "has a data descriptor"
    (source,) = found(tmp_path / "x.zip")
    assert source.read().description.title == "streamed"


def test_an_encrypted_zip_is_refused_as_such(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {NAME: metadata()})
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    (source,) = found(path)
    with pytest.raises(UnreadableSource, match="encrypted with a password"):
        source.read()


def test_names_that_are_not_unicode_do_no_harm(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"c/daten-AE.txt": "x", f"c/{NAME}": metadata("c")})
    path.write_bytes(path.read_bytes().replace(b"daten-AE", b"daten-\x8e\xff"))
    (source,) = found(path)
    assert source.read().description.title == "c"


def test_payload_is_never_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"c/data.bin": b"payload " * 500, f"c/{NAME}": metadata("c")})
    content = bytearray(path.read_bytes())
    content[45:60] = bytes(15)  # the payload is damaged
    path.write_bytes(content)
    (source,) = found(path)
    assert source.read().description.title == "c"
    assert statements(source)


def test_damaged_metadata_in_a_zip_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {NAME: metadata("c" * 5000)})
    content = bytearray(path.read_bytes())
    content[70:80] = bytes(10)
    path.write_bytes(content)
    discoveries: list[Discovery] = list(discover(path))
    assert len(discoveries) == 1
    with pytest.raises(SourceError, match="damaged"):
        discoveries[0].read()  # type: ignore[union-attr]
