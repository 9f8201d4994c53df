"""Release dates, publications, rules and groups become the visibility of a source."""

from __future__ import annotations

import json
from datetime import date

import pytest

from ingest.document import Visibility
from ingest.icat.catalogue import Catalogue
from ingest.icat.json_file import read_json
from ingest.icat.visibility import Access, visibility_of
from ingest.icat.yaml_file import read_yaml

TODAY = date(2026, 6, 1)
PUBLIC = Access(Visibility.PUBLIC)


def dump(text: str) -> Access:
    content = f"# Generator: icatdump (test)\n---\n{text}".encode()
    return visibility_of(Catalogue.of(read_yaml(content, "dump.yaml"), "dump.yaml"), TODAY)


def answer(value: object) -> Access:
    data = read_json({"a.json": json.dumps(value).encode()})
    return visibility_of(Catalogue.of(data, "a.json"), TODAY)


def investigations(*dates: str | None) -> str:
    told = (f", releaseDate: '{d}'" if d else "" for d in dates)
    return "investigation:\n" + "".join(
        f"  Investigation_{n}: {{name: i{n}, visitId: '1'{d}}}\n" for n, d in enumerate(told)
    )


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        (["2025-01-01T00:00:00+00:00"], PUBLIC),
        (["2026-06-01T00:00:00+00:00"], PUBLIC),
        (["2027-01-01"], Access(Visibility.RESTRICTED, (), "2027-01-01")),
        (
            ["2020-01-01", "2028-02-02T00:00:00Z", "2027-01-01"],
            Access(Visibility.RESTRICTED, (), "2028-02-02T00:00:00Z"),
        ),
        # of one investigation it is not told when it will be open
        (["2027-01-01", None], Access(Visibility.RESTRICTED)),
        (["2020-01-01", None], Access()),
        ([None], Access()),
        (["someday"], Access()),
    ],
)
def test_release_dates(dates: list[str | None], expected: Access) -> None:
    assert dump(investigations(*dates)) == expected


def test_nothing_said() -> None:
    assert dump("dataset:\n  Dataset_1: {name: d}\n") == Access()


GROUPS = "grouping:\n  Grouping_a: {name: a-team}\n  Grouping_b: {name: b-team}\n"


def test_the_groups_of_what_is_not_open_yet() -> None:
    text = (
        GROUPS
        + investigations("2027-01-01", "2020-01-01")
        + (
            "investigationGroup:\n"
            "- {investigation: Investigation_0, grouping: Grouping_b, role: reader}\n"
            "- {investigation: Investigation_1, grouping: Grouping_a, role: reader}\n"
        )
    )
    assert dump(text) == Access(Visibility.RESTRICTED, ("b-team",), "2027-01-01")


def test_rules_for_all_make_it_public() -> None:
    rules = "rule:\n" + "".join(
        f"  Rule_{what}: {{crudFlags: R, what: {what}}}\n" for what in ("Dataset", "Investigation")
    )
    assert dump(investigations("2027-01-01") + rules) == PUBLIC
    of_groups = rules.replace("crudFlags: R,", "crudFlags: R, grouping: Grouping_a,")
    assert dump(GROUPS + investigations(None) + of_groups) == Access()
    written = rules.replace("crudFlags: R,", "crudFlags: CUD,")
    assert dump(investigations(None) + written) == Access()


def test_a_publication_is_open() -> None:
    published = {
        "DataPublication": {
            "id": 1,
            "pid": "10.5072/x",
            "publicationDate": "2024-01-01T00:00:00.000Z",
            "content": {"id": 2, "dataCollectionInvestigations": [{"investigation": {"id": 5}}]},
        }
    }
    assert answer([published]) == PUBLIC
    later = json.loads(json.dumps(published).replace("2024", "2030"))
    assert answer([later]) == Access()


def test_a_file_that_is_not_released() -> None:
    file = {"id": 1, "name": "f", "location": "/f", "fileSize": 1, "isReleased": False}
    assert answer([{"Datafile": file}]) == Access(Visibility.RESTRICTED)
    assert answer([{"Datafile": {**file, "isReleased": True}}]) == Access()
