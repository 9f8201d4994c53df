"""Who may see an export: the least visible record decides, and the report tells which it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from golden import bundle_of
from hypothesis import given, settings
from hypothesis import strategies as st
from support import CASE_BASE

from ingest.document import Description, Visibility
from ingest.findings import Findings
from ingest.scicat import read
from ingest.scicat.access import access_of
from ingest.scicat.collect import Record
from ingest.scicat.kinds import DATASET

RAW = {"type": "raw", "owner": "x", "sourceFolder": "/data/1"}


def told(folder: Path, *records: dict[str, Any]) -> tuple[Description, list[str]]:
    path = folder / "export.json"
    full = [{"pid": f"d/{n}", **RAW, **r} for n, r in enumerate(records)]
    path.write_text(json.dumps(full), encoding="utf-8")
    document, findings = read(bundle_of(path)), Findings()
    list(document.triples(CASE_BASE, findings))
    noted = [e.where.rpartition("$")[2] for f in findings if f.code == "visibility"
             for e in f.examples]  # fmt: skip
    return document.description, noted


def test_published_records_are_public(tmp_path: Path) -> None:
    found, noted = told(tmp_path, {"isPublished": True, "ownerGroup": "g"}, {"isPublished": True})
    assert (found.visibility, found.groups, noted) == (Visibility.PUBLIC, (), [])


def test_groups_see_what_is_not_published(tmp_path: Path) -> None:
    record = {"isPublished": False, "ownerGroup": "g", "accessGroups": ["a", "b"]}
    found, noted = told(tmp_path, record, record)
    assert (found.visibility, found.groups) == (Visibility.RESTRICTED, ("a", "b", "g"))
    assert noted == []


def test_an_owner_group_without_more_restricts(tmp_path: Path) -> None:
    assert told(tmp_path, {"ownerGroup": "g"})[0].groups == ("g",)


def test_nothing_said_is_nothing_told(tmp_path: Path) -> None:
    assert told(tmp_path, {})[0].visibility is None


def test_the_most_restrictive_decides_and_is_named(tmp_path: Path) -> None:
    found, noted = told(
        tmp_path,
        {"isPublished": True},
        {"isPublished": False, "ownerGroup": "g", "accessGroups": ["a"]},
        {"isPublished": "false", "ownerGroup": "g", "accessGroups": ["b"]},
    )
    assert (found.visibility, found.groups) == (Visibility.RESTRICTED, ("g",))
    assert noted == ["[1]", "[2]"]


def test_groups_that_share_none_leave_nobody(tmp_path: Path) -> None:
    found, noted = told(tmp_path, {"ownerGroup": "g"}, {"ownerGroup": "h"})
    assert (found.visibility, found.groups) == (Visibility.RESTRICTED, ())
    assert noted == ["[0]", "[1]", "[0]"]


@pytest.mark.parametrize(
    ("dates", "until"),
    [
        (["2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"], "2028-01-01T00:00:00Z"),
        (["2027-01-01T00:00:00Z", None], None),
    ],
)
def test_the_planned_day_of_publication(
    tmp_path: Path, dates: list[str | None], until: str | None
) -> None:
    records = [
        {"ownerGroup": "g", "datasetlifecycle": {"dateOfPublishing": date}} for date in dates
    ]
    assert told(tmp_path, *records)[0].visible_from == until


@pytest.mark.parametrize(
    ("status", "visibility"),
    [
        ("registered", Visibility.PUBLIC),
        ("public", Visibility.PUBLIC),
        ("amended", Visibility.PUBLIC),
        ("pending_registration", Visibility.RESTRICTED),
        ("private", Visibility.RESTRICTED),
    ],
)
def test_publications(tmp_path: Path, status: str, visibility: Visibility) -> None:
    path = tmp_path / "p.json"
    path.write_text(json.dumps([{"doi": "10.5072/x", "pidArray": [], "status": status}]))
    assert read(bundle_of(path)).description.visibility is visibility


def test_a_job_of_no_group_decides_nothing(tmp_path: Path) -> None:
    job = {"id": "j", "type": "archive", "jobParams": {}, "isPublished": False}
    path = tmp_path / "export.json"
    path.write_text(json.dumps({"datasets": [{"pid": "d", **RAW, "isPublished": True}],
                                "jobs": [job]}))  # fmt: skip
    assert read(bundle_of(path)).description.visibility is Visibility.PUBLIC
    path.write_text(json.dumps({"jobs": [{**job, "ownerGroup": "g"}]}))
    assert read(bundle_of(path)).description.groups == ("g",)


_SAID = st.fixed_dictionaries(
    {},
    optional={
        "isPublished": st.booleans(),
        "ownerGroup": st.sampled_from("gh"),
        "accessGroups": st.lists(st.sampled_from("ghi"), max_size=2),
    },
)


@settings(deadline=None)
@given(st.lists(_SAID, max_size=4), _SAID)
def test_a_further_record_never_opens_anything(before: list[Any], further: Any) -> None:
    records = [Record(DATASET, data, "x") for data in before]
    old, new = access_of(records), access_of([*records, Record(DATASET, further, "x")])
    if old.visibility is Visibility.RESTRICTED:
        assert new.visibility is Visibility.RESTRICTED
        assert set(new.groups) <= set(old.groups)


@settings(deadline=None)
@given(st.lists(_SAID, max_size=4).flatmap(lambda r: st.tuples(st.just(r), st.permutations(r))))
def test_order_does_not_matter(lists: tuple[list[Any], list[Any]]) -> None:
    one, other = (access_of([Record(DATASET, d, "x") for d in data]) for data in lists)
    assert (one.visibility, one.groups) == (other.visibility, other.groups)
