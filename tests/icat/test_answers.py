"""JSON answers: what is one, what a folder of them is, and their laws."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import CASE_BASE, lines

from ingest.bundle import Bundle, FolderFiles, SingleFile
from ingest.discover import Found, Refused, discover
from ingest.errors import InvalidSource, SourceError
from ingest.findings import FindingKind, Findings
from ingest.icat import is_icat_answer, mains, read
from ingest.icat.evidence import is_answer
from ingest.icat.json_file import read_json
from ingest.sniff import Sniff

CASES = Path(__file__).parent / "cases"
JSON_CASES = sorted(
    p for p in CASES.glob("*/input/*.json") if not (p.parents[1] / "error.txt").exists()
)


def bundle(path: Path) -> Bundle:
    return Bundle(SingleFile(path), only=path.name)


def graph(path: Path) -> list[str]:
    return lines(set(read(bundle(path)).triples(CASE_BASE, Findings())))


def written(folder: Path, value: Any, name: str = "answer.json") -> Path:
    path = folder / name
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def dataset(number: int, **more: Any) -> dict[str, Any]:
    audit = {"createId": "a", "createTime": "2024-02-01T08:00:00.000Z", "modId": "a"}
    return {"Dataset": {"id": number, **audit, "name": f"d{number}", **more}}


NOT_ICAT = [
    [],
    {},
    [1, 2],
    "text",
    {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": []},
    [{"pid": "20.500/1", "datasetName": "x", "sourceFolder": "/x", "ownerGroup": "g"}],
    # PaN search API
    [{"pid": "10.5/1", "title": "x", "isPublic": True, "size": 1, "parameters": [], "samples": []}],
    {"id": "10.5072/x", "attributes": {"doi": "10.5072/x"}, "type": "dois"},
    # any application's
    [{"id": 1, "name": "buy milk", "complete": True}],
    [{"id": 1, "name": "x", "title": "A film", "releaseDate": "2020-01-01", "summary": "s"}],
    [{"id": 1, "name": "x", "role": "admin", "user": {"id": 1}}],
    {"datasets": [{"title": "x"}], "samples": [{"title": "y"}]},
    {"user": {"id": "ada", "email": "a@b.example"}},
    {"investigation": {"identifier": "i"}, "studies": []},
    {"code": 404, "message": "not found"},
    {"code": "ENOENT", "message": "not found"},
]


@pytest.mark.parametrize("value", NOT_ICAT, ids=lambda v: json.dumps(v)[:40])
def test_what_is_no_answer(tmp_path: Path, value: Any) -> None:
    assert not is_icat_answer(Sniff(bundle(written(tmp_path, value)), "answer.json"))


def test_the_same_objects_in_another_order_give_the_same_graph(tmp_path: Path) -> None:
    for path in JSON_CASES:
        value = json.loads(path.read_text(encoding="utf-8"))
        turned = reversed_everywhere(value)
        assert graph(written(tmp_path, turned)) == graph(path), path


def reversed_everywhere(value: Any) -> Any:
    if isinstance(value, list):
        return [reversed_everywhere(item) for item in reversed(value)]
    if isinstance(value, dict):
        return {k: reversed_everywhere(v) for k, v in reversed(value.items())}
    return value


def test_an_answer_twice_says_no_more(tmp_path: Path) -> None:
    for path in JSON_CASES:
        value = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(value, list):
            assert graph(written(tmp_path, value + value)) == graph(path), path


def test_nested_or_apart(tmp_path: Path) -> None:
    apart = [
        dataset(1, investigation={"id": 5}, sample={"id": 7}),
        {"Investigation": {"id": 5, "name": "MA-1", "visitId": "1"}},
        {"Sample": {"id": 7, "name": "bone"}},
    ]
    nested = [
        dataset(
            1,
            investigation={"id": 5, "name": "MA-1", "visitId": "1"},
            sample={"id": 7, "name": "bone"},
        )
    ]
    assert graph(written(tmp_path, apart)) == graph(written(tmp_path, nested, "nested.json"))


def test_a_folder_of_answers_is_one_source(tmp_path: Path) -> None:
    written(tmp_path, [dataset(1)], "a.json")
    written(tmp_path, [dataset(2, sample={"id": 7})], "b.json")
    written(tmp_path, json.dumps({"Sample": {"id": 7, "createId": "a", "modId": "a",
        "createTime": "t", "name": "bone"}}) + "\n", "c.ndjson")  # fmt: skip
    found = list(discover(tmp_path))
    assert [f.format.name for f in found if isinstance(f, Found)] == ["icat"]
    assert isinstance(found[0], Found)
    triples = set(found[0].read().triples(CASE_BASE, Findings()))
    assert any("bone" in str(t) for t in triples)
    assert len({t.subject for t in triples}) == 3
    other = Bundle(FolderFiles(tmp_path), main="b.json")
    assert set(read(other).triples(CASE_BASE, Findings())) == triples


def test_answers_are_found_in_folders_of_folders(tmp_path: Path) -> None:
    inner = tmp_path / "exports" / "june"
    inner.mkdir(parents=True)
    written(inner, [dataset(1)], "datasets.json")
    (found,) = discover(tmp_path)
    assert isinstance(found, Found)
    assert found.format.name == "icat"
    assert len(list(found.read().triples(CASE_BASE, Findings()))) > 4


def test_a_folder_with_other_json_is_not_claimed(tmp_path: Path) -> None:
    names = ["a.json", "b.json", "c.json"]
    for name in names[:2]:
        written(tmp_path, [dataset(1)], name)
    written(tmp_path, {"name": "package"}, "c.json")
    assert mains(Bundle(FolderFiles(tmp_path)), names) == []
    assert mains(Bundle(FolderFiles(tmp_path)), names[:2]) == ["a.json"]
    assert mains(Bundle(FolderFiles(tmp_path)), names[:1]) == []


def test_an_error_answer_is_refused_with_what_icat_said(tmp_path: Path) -> None:
    path = written(tmp_path, {"code": "INSUFFICIENT_PRIVILEGES", "message": "READ access"})
    (refused,) = discover(path)
    assert isinstance(refused, Found)
    with pytest.raises(InvalidSource, match="READ access"):
        refused.read()


def test_broken_json_is_refused_with_line_and_column(tmp_path: Path) -> None:
    path = written(tmp_path, '[{"name": "x", "sampleName": "a", "visitId": 1, "instrumentName": ]')
    (found,) = discover(path)
    assert isinstance(found, Found)
    with pytest.raises(SourceError, match="line 1, column"):
        found.read()
    assert not any(isinstance(d, Refused) for d in discover(CASES / "gateway" / "input"))


def test_a_line_that_is_broken_is_named(tmp_path: Path) -> None:
    text = "\n".join([json.dumps(dataset(1)), json.dumps(dataset(2)), '{"Dataset": '])
    path = written(tmp_path, text, "export.ndjson")
    assert is_icat_answer(Sniff(bundle(path), path.name))
    with pytest.raises(SourceError, match=r"export.ndjson:3: not valid JSON"):
        read(bundle(path))


def test_other_values_of_the_same_id_are_all_kept_and_told(tmp_path: Path) -> None:
    findings = Findings()
    path = written(tmp_path, [dataset(1, complete=True), dataset(1, complete=False)])
    told = read(bundle(path)).triples(CASE_BASE, findings)
    values = {t.object.value for t in told if t.predicate.value.endswith("#complete")}
    assert values == {"true", "false"}
    assert [f.code for f in findings.of(FindingKind.REPAIR)] == ["duplicate-id"]


def test_what_no_version_of_icat_has_is_kept_and_told(tmp_path: Path) -> None:
    findings = Findings()
    path = written(
        tmp_path,
        [dataset(1, gadget={"id": 3, "name": "g"}, colour="red", nested={"a": [1]}, much=[[1], 2])],
    )
    texts = lines(set(read(bundle(path)).triples(CASE_BASE, findings)))
    assert any("icat#gadget> <http://example.org/source/case/Gadget/id-3>" in x for x in texts)
    assert any('icat#colour> "red"' in x for x in texts)
    assert any("icat#nested>" in x and "[1]" in x for x in texts)
    assert any('icat#much> "2"' in x for x in texts)
    codes = {f.code: f.count for f in findings.of(FindingKind.WARNING)}
    assert codes == {"unknown-entity": 1, "kept-as-json": 2}


@pytest.mark.parametrize("path", JSON_CASES, ids=lambda p: p.parents[1].name)
def test_only_source_errors_leave_the_reader(tmp_path: Path, path: Path) -> None:
    """Valid answers with parts replaced by values of other shapes."""
    value = json.loads(path.read_text(encoding="utf-8"))
    chance = random.Random(7)
    for _ in range(60):
        broken = mutated(value, chance)
        with suppress(SourceError):
            graph(written(tmp_path, broken))
        is_answer(broken)


def mutated(value: Any, chance: random.Random) -> Any:
    if chance.random() < 0.04:
        return chance.choice([None, 0, -1.5, True, "", "x y", [], {}, [[1]], {"id": "é|"}, 10**30])
    if isinstance(value, list):
        return [mutated(item, chance) for item in value]
    if isinstance(value, dict):
        return {k: mutated(v, chance) for k, v in value.items() if chance.random() > 0.02}
    return value


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["id", "name", "Dataset", "investigation", "type", "parameters", "sample",
            "datasets", "user", "value", "a.b", "results", "source", "score", "meta"]),
        inner, max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=200)
@given(json_values)
def test_any_json(value: Any) -> None:
    is_answer(value)
    with suppress(SourceError):
        read_json({"x": json.dumps(value).encode()})


@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    with suppress(SourceError):
        read_json({"x": content})
