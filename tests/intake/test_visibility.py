"""Who may see a source is what its catalogue says, and is kept with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import crate, take_all

from kg_service.align.engine import Alignment
from kg_service.catalogue import Catalogue, SourceRecord
from kg_service.store.embedded import OxigraphStore


def datacite(path: Path, available: str, state: str = "findable") -> Path:
    record = {
        "data": {
            "id": "10.5072/a",
            "type": "dois",
            "attributes": {
                "doi": "10.5072/a",
                "titles": [{"title": "a"}],
                "types": {"resourceTypeGeneral": "Dataset"},
                "dates": [{"date": available, "dateType": "Available"}],
                "state": state,
            },
        }
    }
    path.write_text(json.dumps(record))
    return path


def kept(alignment: Alignment, path: Path) -> SourceRecord:
    store = OxigraphStore()
    take_all(store, alignment, path)
    (record,) = Catalogue(store).sources()
    return record


@pytest.mark.parametrize(
    ("available", "visibility"), [("2020-01-01", "public"), ("2999-12-31", "restricted")]
)
def test_an_embargo_restricts_until_its_end(
    alignment: Alignment, tmp_path: Path, available: str, visibility: str
) -> None:
    record = kept(alignment, datacite(tmp_path / "r.json", available))
    assert (record.visibility, record.visible_from) == (visibility, available)


def test_what_is_not_findable_is_internal(alignment: Alignment, tmp_path: Path) -> None:
    record = kept(alignment, datacite(tmp_path / "r.json", "2020-01-01", "registered"))
    assert record.visibility == "internal"


def test_groups_of_a_facility_catalogue_are_kept(alignment: Alignment, tmp_path: Path) -> None:
    dataset = {
        "pid": "20.500/1",
        "type": "raw",
        "datasetName": "scan",
        "ownerGroup": "p1",
        "accessGroups": ["beamline"],
        "isPublished": False,
        "sourceFolder": "/data/scan",
        "creationTime": "2026-01-01T00:00:00Z",
    }
    path = tmp_path / "datasets.json"
    path.write_text(json.dumps([dataset]))
    record = kept(alignment, path)
    assert (record.visibility, record.groups) == ("restricted", ("beamline", "p1"))


def test_a_source_that_says_nothing_is_public(alignment: Alignment, tmp_path: Path) -> None:
    assert kept(alignment, crate(tmp_path / "c")).visibility == "public"
