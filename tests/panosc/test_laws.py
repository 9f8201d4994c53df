"""Laws of the reader of PaN search API records."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from golden import bundle_of, recognised
from hypothesis import given, settings
from hypothesis import strategies as st
from support import CASE_BASE, lines

from ingest.document import Visibility
from ingest.errors import SourceError
from ingest.findings import Findings
from ingest.panosc import read
from ingest.panosc.collect import Records
from ingest.panosc.graph import Graph
from ingest.panosc.kinds import RELATIONS

DATASET = {"pid": "d/1", "title": "scan", "isPublic": True}
DOCUMENT = {"pid": "p/1", "title": "work", "isPublic": True, "type": "proposal"}
INSTRUMENT = {"pid": "i/1", "name": "B1", "facility": "LIGHT"}
SAMPLE = {"pid": "s/1", "name": "quartz", "description": "rod"}


def written(folder: Path, value: Any, name: str = "answer.json") -> Path:
    path = folder / name
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def graph(path: Path) -> list[str]:
    return lines(set(read(bundle_of(path)).triples(CASE_BASE, Findings())))


def test_a_relation_is_one_however_it_is_told(tmp_path: Path) -> None:
    told: list[Any] = [
        [{**DATASET, "instrument": INSTRUMENT}],
        [{**INSTRUMENT, "datasets": [DATASET]}],
        {"datasets": [{**DATASET, "instrumentId": "i/1"}], "instruments": [INSTRUMENT]},
        {"models": {"Document": {}, "Technique": {},
                    "Dataset": {"1": json.dumps({**DATASET, "instrumentId": "i/1"})},
                    "Instrument": {"1": json.dumps(INSTRUMENT)}}},
        "\n".join(json.dumps(x) for x in ({**DATASET, "instrumentId": "i/1"}, INSTRUMENT)),
    ]  # fmt: skip
    graphs = []
    for value in told:
        path = written(tmp_path, value)
        assert recognised(path) == ["panosc"]
        graphs.append(graph(path))
    assert all(g == graphs[0] for g in graphs)


def test_documents_and_datasets_either_way_round(tmp_path: Path) -> None:
    one = graph(written(tmp_path, [{**DATASET, "documents": [DOCUMENT]}]))
    assert one == graph(written(tmp_path, [{**DOCUMENT, "datasets": [DATASET]}]))


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        [SAMPLE],
        [{"pid": "d", "datasetName": "n", "type": "raw", "owner": "x", "title": "t",
          "isPublic": True}],
        [{"pid": "i", "name": "B1", "uniqueName": "b1", "facility": "x"}],
        {"models": {"User": {}}},
        {"name": "Dataset", "base": "PersistedModel", "properties": {"pid": {}, "title": {}}},
        {"datasets": [{"id": 1, "name": "x"}]},
    ],
)  # fmt: skip
def test_what_is_no_answer(tmp_path: Path, value: Any) -> None:
    assert "panosc" not in recognised(written(tmp_path, value))


def test_access(tmp_path: Path) -> None:
    def told(*records: dict[str, Any]) -> tuple[Visibility | None, str | None, int]:
        document, findings = read(bundle_of(written(tmp_path, list(records)))), Findings()
        list(document.triples(CASE_BASE, findings))
        found = document.description
        count = sum(f.count for f in findings if f.code == "visibility")
        return found.visibility, found.visible_from, count

    hidden = {**DOCUMENT, "isPublic": False}
    embargoed = {**hidden, "pid": "p/2", "releaseDate": "2030-01-01"}
    assert told(DATASET) == (Visibility.PUBLIC, None, 0)
    assert told(INSTRUMENT) == (None, None, 0)
    assert told(embargoed) == (Visibility.RESTRICTED, "2030-01-01", 0)
    assert told(DATASET, embargoed) == (Visibility.RESTRICTED, "2030-01-01", 1)
    assert told(hidden, embargoed) == (Visibility.RESTRICTED, None, 0)
    inside = {**DATASET, "documents": [hidden]}
    assert told(inside) == (Visibility.RESTRICTED, None, 1)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = sorted({name for _, name in RELATIONS} | {f"{name}Id" for _, name in RELATIONS})
FIELDS = st.sampled_from(
    [
        *NAMES,
        "pid",
        "title",
        "isPublic",
        "type",
        "value",
        "unit",
        "panetId",
        "releaseDate",
        "models",
    ]
)


@settings(deadline=None)
@given(st.dictionaries(FIELDS, JSON_VALUES, max_size=6))
def test_any_values_in_known_fields(record: dict[str, Any]) -> None:
    source = Records()
    with suppress(SourceError):
        source.add("x", json.dumps([{**DATASET, **record}, {**DOCUMENT, **record}]).encode())
        source.add("x", json.dumps(record).encode())
    for triple in Graph(source, CASE_BASE, Findings()).triples():
        assert triple.subject.value


VALID = (
    Path(__file__).parent / "cases" / "datasets-answer" / "input" / "datasets-answer.json"
).read_bytes()


@settings(deadline=None)
@given(st.integers(0, len(VALID)), st.integers(0, 12), st.binary(max_size=6))
def test_damaged_bytes_give_our_errors_only(start: int, length: int, put: bytes) -> None:
    damaged = VALID[:start] + put + VALID[start + length :]
    source = Records()
    with suppress(SourceError):
        source.add("x", damaged)
    for triple in Graph(source, CASE_BASE, Findings()).triples():
        assert triple.subject.value
