"""Laws of the SciCat reader: what is a record, what is not, and what never happens."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import CASE_BASE, lines

from ingest.bundle import Bundle, FolderFiles, SingleFile
from ingest.errors import SourceError
from ingest.findings import FindingKind, Findings
from ingest.scicat import is_scicat_export, mains, read
from ingest.scicat.collect import Records
from ingest.scicat.extended import plain
from ingest.scicat.graph import Graph
from ingest.scicat.kinds import DATASET, PROPOSAL, PUBLISHED_DATA, kind_of
from ingest.sniff import Sniff

RAW = {"pid": "d/1", "type": "raw", "owner": "x", "sourceFolder": "/data/1", "sampleId": "s"}
DERIVED = {
    "pid": "d/2",
    "type": "derived",
    "owner": "x",
    "sourceFolder": "/",
    "inputDatasets": ["d/1"],
}


def written(folder: Path, value: Any, name: str = "export.json") -> Path:
    path = folder / name
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def is_export(path: Path) -> bool:
    return is_scicat_export(Sniff(Bundle(SingleFile(path), only=path.name), path.name))


def graph(path: Path) -> list[str]:
    bundle = Bundle(SingleFile(path), only=path.name)
    return lines(set(read(bundle).triples(CASE_BASE, Findings())))


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (RAW, "Dataset"),
        ({"pid": "d", "type": "raw", "datasetName": "n"}, "Dataset"),
        ({"_id": "d", "type": "derived", "usedSoftware": ["s"], "inputDatasets": []}, "Dataset"),
        ({"sampleId": "s", "owner": "x", "description": "d"}, "Sample"),
        ({"sampleCharacteristics": {}}, "Sample"),
        ({"proposalId": "p", "title": "t"}, "Proposal"),
        ({"_id": "p", "pi_lastname": "x"}, "Proposal"),
        ({"pid": "i", "name": "B1", "uniqueName": "b1"}, "Instrument"),
        ({"_id": "b", "datasetId": "d", "dataFileList": []}, "OrigDatablock"),
        ({"_id": "b", "archiveId": "a", "packedSize": 1, "dataFileList": []}, "Datablock"),
        (
            {"doi": "10.5/x", "title": "t", "publicationYear": 2024, "publisher": "p"},
            "PublishedData",
        ),
        ({"title": "t", "abstract": "a", "metadata": {}, "datasetPids": []}, "PublishedData"),
        ({"_id": "j", "jobParams": {}, "type": "archive"}, "Job"),
        ({"thumbnail": "t", "caption": "c"}, "Attachment"),
        ({"manager": [], "tapeRedundancy": "low"}, "Policy"),
        ({"name": "RawDataset", "base": "Dataset", "properties": {"pid": {}}}, None),
        ({"id": 1, "name": "x", "description": "d"}, None),
        ({"sampleId": "s"}, None),
        ({}, None),
    ],
)
def test_kinds_by_fields(record: dict[str, Any], kind: str | None) -> None:
    found = kind_of(record)
    assert (found.name if found else None) == kind


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        5,
        [RAW, 1, 2, {"a": 1}],
        {"datasets": [{"id": 1, "name": "x"}]},
        {"samples": [1, 2]},
        {"Dataset": {"name": "Dataset", "properties": {"pid": {"type": "string"}}}},
        {"name": "Sample", "base": "Ownable", "properties": {"sampleId": {"type": "string"}}},
        "not json",
        '{"sourceFolder": 1',
    ],
)
def test_what_is_no_export(tmp_path: Path, value: Any) -> None:
    assert not is_export(written(tmp_path, value))


def test_the_same_records_in_any_wrapping(tmp_path: Path) -> None:
    wrappings: list[Any] = [
        [RAW, DERIVED],
        [DERIVED, RAW],
        {"datasets": [RAW, DERIVED]},
        {"Raw_Datasets": [RAW], "derived-datasets": [DERIVED]},
        f"{json.dumps(RAW)}\r\n{json.dumps(DERIVED)}\r\n",
        "\ufeff" + json.dumps([RAW, DERIVED], indent=1),
    ]
    graphs = []
    for number, value in enumerate(wrappings):
        path = written(tmp_path, value, f"export{number}.json")
        assert is_export(path)
        graphs.append(graph(path))
    assert all(g == graphs[0] for g in graphs)


def test_old_and_new_names_mean_the_same_things(tmp_path: Path) -> None:
    old = {**RAW, "proposalId": "p", "instrumentId": "i"}
    new = {k: v for k, v in old.items() if not k.endswith("Id")}
    new |= {"sampleIds": ["s"], "proposalIds": ["p"], "instrumentIds": ["i"]}
    renamed = [
        line.replace("#sampleIds>", "#sampleId>").replace("Ids>", "Id>")
        for line in graph(written(tmp_path, new, "new.json"))
    ]
    assert sorted(renamed) == graph(written(tmp_path, old, "old.json"))


@pytest.mark.parametrize(
    ("wrapped", "value"),
    [
        ({"$date": "2024-02-01T13:00:00Z"}, "2024-02-01T13:00:00Z"),
        ({"$date": 0}, datetime(1970, 1, 1, tzinfo=UTC)),
        ({"$date": {"$numberLong": "1500"}}, datetime(1970, 1, 1, 0, 0, 1, 500000, tzinfo=UTC)),
        ({"$oid": "65bb"}, "65bb"),
        ({"$numberLong": "12"}, 12),
        ({"$numberDecimal": "1.5"}, 1.5),
        ({"$undefined": True}, None),
        ({"a": [{"$numberInt": "3"}]}, {"a": [3]}),
        ({"$numberLong": "twelve"}, {"$numberLong": "twelve"}),
        ({"$date": "x", "$other": 1}, {"$date": "x", "$other": 1}),
        ({"$date": {"$numberLong": "99999999999999999999"}},) * 2,
    ],
)
def test_extended_json(wrapped: Any, value: Any) -> None:
    if value == wrapped and isinstance(wrapped.get("$date"), dict):
        value = {"$date": 99999999999999999999}
    assert plain(wrapped) == value


def test_a_broken_collection_refuses_the_folder(tmp_path: Path) -> None:
    written(tmp_path, [{**RAW, "_id": "d/1"}], "Dataset.json")
    written(tmp_path, [{"_id": "s", "owner": "x", "description": "d"}], "Sample.json")
    written(tmp_path, '[{"_id": "i", "name": }]', "Instrument.json")
    names = sorted(p.name for p in tmp_path.iterdir())
    bundle = Bundle(FolderFiles(tmp_path))
    assert mains(bundle, names) == ["Dataset.json"]
    with pytest.raises(SourceError, match=r"Instrument.json.* line 1, column 23"):
        read(bundle)


def test_models_are_no_collections(tmp_path: Path) -> None:
    for name in ("Dataset", "Sample", "Instrument"):
        model = {"name": name, "base": "Ownable", "properties": {"pid": {}}, "description": "d"}
        written(tmp_path, model, f"{name}.json")
    names = sorted(p.name for p in tmp_path.iterdir())
    assert mains(Bundle(FolderFiles(tmp_path)), names) == []


def test_one_collection_file_is_a_source_of_its_own(tmp_path: Path) -> None:
    written(tmp_path, [{**RAW, "_id": "d/1"}], "Dataset.json")
    assert mains(Bundle(FolderFiles(tmp_path)), ["Dataset.json"]) == []
    assert is_export(tmp_path / "Dataset.json")
    instruments = written(tmp_path, [{"_id": "i", "name": "B1"}], "Instrument.json")
    assert is_export(instruments)


def test_sources_that_are_one_dataset_are_called_as_that_is(tmp_path: Path) -> None:
    record = {**RAW, "pid": "20.500.99999/1", "datasetName": "one", "license": "CC0"}
    path = written(tmp_path, record)
    told = read(Bundle(SingleFile(path), only=path.name)).description
    assert (told.identifier, told.title, told.licence) == ("20.500.99999/1", "one", "CC0")
    path = written(tmp_path, RAW)
    assert read(Bundle(SingleFile(path), only=path.name)).description.identifier is None
    path = written(tmp_path, [RAW, DERIVED])
    assert read(Bundle(SingleFile(path), only=path.name)).description.identifier is None


def test_what_is_no_reference_is_a_loss(tmp_path: Path) -> None:
    path = written(tmp_path, {**RAW, "sampleId": {"name": "s"}})
    findings = Findings()
    list(read(Bundle(SingleFile(path), only=path.name)).triples(CASE_BASE, findings))
    assert [(f.code, f.count) for f in findings.of(FindingKind.LOSS)] == [("no-reference", 1)]


def test_halves_of_surrogate_pairs_are_repaired(tmp_path: Path) -> None:
    path = written(tmp_path, [{**RAW, "pid": "a\ud800", "scientificMetadata": {"\udfff": 1}}])
    findings = Findings()
    list(read(Bundle(SingleFile(path), only=path.name)).triples(CASE_BASE, findings))
    assert [(f.code, f.count) for f in findings] == [("lone-surrogate", 2)]


def test_deep_metadata_is_kept(tmp_path: Path) -> None:
    deep: Any = "bottom"
    for _ in range(150):
        deep = {"in": deep}
    found = graph(written(tmp_path, {**RAW, "scientificMetadata": deep, "datasetlifecycle": deep}))
    assert sum("bottom" in line for line in found) == 2


def test_attachments_of_v4_have_their_own_id(tmp_path: Path) -> None:
    attachment = {"aid": "a1", "thumbnail": "t", "caption": "c", "ownerGroup": "g"}
    found = graph(written(tmp_path, [attachment]))
    assert any(f"<{CASE_BASE}attachments/a1>" in line for line in found)


@pytest.mark.parametrize("levels", [300, 100_000])
def test_what_is_nested_too_deep(tmp_path: Path, levels: int) -> None:
    path = written(
        tmp_path, json.dumps([RAW])[:-2] + ', "a": ' + "[" * levels + "]" * levels + "}]"
    )
    bundle = Bundle(SingleFile(path), only=path.name)
    with pytest.raises(SourceError, match="nest"):
        read(bundle)
    is_export(path)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    sorted(
        DATASET.fields
        | PUBLISHED_DATA.fields
        | PROPOSAL.fields
        | {"datasets", "unheard-of", "dataFileList", "origdatablocks", "jobParams", "datasetId"}
    )
)


@settings(deadline=None)
@given(st.dictionaries(FIELDS, JSON_VALUES, max_size=8))
def test_any_values_in_known_fields(record: dict[str, Any]) -> None:
    source = Records()
    with suppress(SourceError):
        source.add("x", json.dumps([record, {**RAW, **record}]).encode(), None)
    for triple in Graph(source, CASE_BASE, Findings()).triples():
        assert triple.subject.value


@settings(deadline=None)
@given(JSON_VALUES)
def test_any_json(value: Any) -> None:
    source = Records()
    with suppress(SourceError):
        source.add("x", json.dumps(value).encode(), None)
    list(Graph(source, CASE_BASE, Findings()).triples())
