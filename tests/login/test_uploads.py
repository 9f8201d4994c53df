"""Uploads over HTTP: who may, what becomes of them, and what others learn of it."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from login.places import Place, crate_zip

from kg_service.access.caller import Scope
from kg_service.align.engine import Alignment
from kg_service.terms import CATALOGUE
from kg_service.uploads.rules import UploadRules


def one(told: dict[str, Any]) -> dict[str, Any]:
    """The report of a job's only source."""
    (report,) = told["sources"]
    return dict(report)


def test_an_upload_from_start_to_end(place: Place, tmp_path: Path) -> None:
    key = place.key("els")
    file = crate_zip(tmp_path / "scan")
    answer = place.post(key, [("file", file)], id="scan-1")
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/jobs/{answer.json()['id']}"
    assert answer.json()["state"] == "queued"
    assert place.woken == 1
    queued = place.client.get(answer.headers["location"], headers=key)
    assert queued.json()["state"] == "queued"
    assert queued.headers["retry-after"]
    place.work()
    done = place.client.get(answer.headers["location"], headers=key)
    told = done.json()
    assert told["state"] == "done"
    assert told["files"][0]["name"] == "scan.zip"
    assert told["summary"] == {
        "added": 1,
        "replaced": 0,
        "unchanged": 0,
        "refused": 0,
        "passedOver": 0,
    }
    assert one(told)["source"] == "~els/scan-1"
    assert one(told)["location"] == "upload:~els/scan.zip!/ro-crate-metadata.json"
    assert "retry-after" not in done.headers
    assert place.client.get("/sources/~els/scan-1").json()["origin"].startswith("upload:~els/")


def test_the_catalogue_names_the_uploader(place: Place, tmp_path: Path) -> None:
    place.uploaded(place.key("els"), [("file", crate_zip(tmp_path / "scan"))])
    said = {
        quad.object.value
        for quad in place.context.graph.reader.quads(None, None, None, CATALOGUE)
        if quad.predicate.value.endswith("ingestedBy")
    }
    assert "~els" in said


def test_nothing_of_this_machine_is_told(place: Place, tmp_path: Path) -> None:
    """Neither in reports nor in the catalogue, also of files that can not be read."""
    key = place.key("els")
    broken = ("broken.json", b'{"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": [')
    told = [
        place.uploaded(key, [("file", crate_zip(tmp_path / "scan"))]),
        place.uploaded(key, [("file", broken)]),
        place.uploaded(key, [("file", ("empty.zip", b"PK"))]),
        place.uploaded(key, [("file", broken), ("file", crate_zip(tmp_path / "b"))]),
    ]
    quads = place.context.graph.reader.quads(None, None, None, CATALOGUE)
    uploads = [str(quad) for quad in quads if "upload" in str(quad)]
    for text in (json.dumps(told), *uploads):
        assert str(tmp_path) not in text
        assert "/jobs/" not in text


def test_the_same_again_and_a_new_version(place: Place, tmp_path: Path) -> None:
    key = place.key("els")
    doi = "https://doi.org/10.5072/scan"
    first = one(place.uploaded(key, [("file", crate_zip(tmp_path / "a", doi))]))
    again = one(place.uploaded(key, [("file", crate_zip(tmp_path / "a", doi))]))
    newer = one(place.uploaded(key, [("file", crate_zip(tmp_path / "b", doi, name="new"))]))
    assert [r["outcome"] for r in (first, again, newer)] == ["added", "unchanged", "replaced"]
    assert len({r["source"] for r in (first, again, newer)}) == 1
    # without an identifier, what a file is called says nothing: others are not replaced
    for name, outcome in (("a", "added"), ("a", "unchanged"), ("b", "added")):
        content = crate_zip(tmp_path / name, name=f"plain {name}")[1]
        report = one(place.uploaded(key, [("file", ("crate.zip", content))]))
        assert report["outcome"] == outcome
        assert report["source"].startswith(f"~els/plain-{name}-")


def test_put_and_delete(place: Place, tmp_path: Path) -> None:
    key = place.key("els")
    for name, outcome in (("a", "added"), ("b", "replaced")):
        file = crate_zip(tmp_path / name, name=name)
        answer = place.client.put("/sources/~els/x/y", headers=key, files={"file": file})
        assert answer.status_code == 202, answer.text
        place.work()
        told = place.client.get(answer.headers["location"], headers=key).json()
        assert one(told)["outcome"] == outcome
    assert place.client.delete("/sources/~els/x/y", headers=key).status_code == 400
    answer = place.client.delete("/sources/~els/x/y?because=wrong+beam", headers=key)
    assert answer.status_code == 202
    place.work()
    told = place.client.get(answer.headers["location"], headers=key).json()
    assert (told["kind"], told["state"]) == ("withdraw", "done")
    gone = place.client.get("/sources/~els/x/y")
    assert gone.status_code == 410
    assert "wrong beam" in gone.text


def test_nobody_replaces_what_is_others(place: Place, tmp_path: Path) -> None:
    """Neither by an id, nor by the identifier in a source, nor by a file's name."""
    els, mallory = place.key("els"), place.key("mallory")
    doi = "https://doi.org/10.5072/others"  # that of the source which the operator took in
    file = crate_zip(tmp_path / "scan", doi)
    place.uploaded(els, [("file", file)], id="scan")
    before = {(s.id, s.version) for s in place.context.graph.sources()}
    for fields in ({}, {"id": "operators"}, {"id": "scan"}, {"id": "els/scan"}, {"id": "a/b"}):
        told = place.uploaded(mallory, [("file", crate_zip(tmp_path / "scan", doi))], **fields)
        assert one(told)["source"].startswith("~mallory/"), fields
    for id_ in ("operators", "~els/scan", "~els/none", "none", "~mallo/x"):
        for answer in (
            place.client.put(f"/sources/{id_}", headers=mallory, files={"file": file}),
            place.client.delete(f"/sources/{id_}?because=x", headers=mallory),
        ):
            assert answer.status_code in (403, 404), id_
    for id_ in ("~els/scan", "~els/none", "~els", "~mallory2/x"):
        answer = place.post(mallory, [("file", file)], id=id_)
        assert answer.status_code == 400, id_
    assert before <= {(s.id, s.version) for s in place.context.graph.sources()}


def test_what_is_hidden_is_not_there(place: Place, tmp_path: Path) -> None:
    """An id that is taken by a source out of sight is answered as one that is free."""
    els = place.key("els", groups=("beam",))
    mallory = place.key("mallory")
    secret = crate_zip(tmp_path / "s", "https://doi.org/10.5072/secret")
    place.uploaded(els, [("file", secret)], id="secret", groups="beam")
    answers = []
    for id_ in ("~els/secret", "~els/nothing"):
        put = place.client.put(f"/sources/{id_}", headers=mallory, files={"file": secret})
        gone = place.client.delete(f"/sources/{id_}?because=x", headers=mallory)
        answers.append([(a.status_code, a.text.replace(id_, "ID")) for a in (put, gone)])
    hidden, free = answers
    if place.client.get("/sources/~els/secret", headers=mallory).status_code == 200:
        pytest.skip("sources are not yet filtered by who asks")
    assert hidden == free
    # nor does it matter that somebody has the same identifier in already
    told = place.uploaded(mallory, [("file", secret)])
    other = crate_zip(tmp_path / "o", "https://doi.org/10.5072/free")
    alone = place.uploaded(mallory, [("file", other)])
    for report, name in ((one(told), "secret"), (one(alone), "free")):
        assert report["source"] == f"~mallory/doi-10.5072-{name}"
        assert report["outcome"] == "added"
        assert report["warnings"] == one(alone)["warnings"]


def test_an_admin_puts_things_anywhere(place: Place, tmp_path: Path) -> None:
    admin = place.key("steward", Scope.READ, Scope.WRITE, Scope.ADMIN, everything=True)
    els = place.key("els")
    place.uploaded(els, [("file", crate_zip(tmp_path / "a"))], id="scan")
    for id_, outcome in (("~els/scan", "replaced"), ("operators", "replaced"), ("new", "added")):
        file = crate_zip(tmp_path / "b", name=id_)
        answer = place.client.put(f"/sources/{id_}", headers=admin, files={"file": file})
        place.work()
        told = place.client.get(answer.headers["location"], headers=admin).json()
        assert (one(told)["source"], one(told)["outcome"]) == (id_, outcome)


def test_jobs_are_shown_to_who_asked_for_them(place: Place, tmp_path: Path) -> None:
    els, colleague, mallory = place.key("els"), place.key("els"), place.key("mallory")
    admin = place.key("steward", Scope.ADMIN)
    location = place.post(els, [("file", crate_zip(tmp_path / "a"))]).headers["location"]
    nowhere = "/jobs/20260101000000000000-000000000000"
    for key, shown in ((els, True), (colleague, True), (admin, True), (mallory, False)):
        answer = place.client.get(location, headers=key)
        assert (answer.status_code == 200) is shown
        assert bool(place.client.get("/jobs", headers=key).json()) is shown
        if not shown:
            assert answer.text == place.client.get(nowhere, headers=key).text
            assert place.client.delete(location, headers=key).status_code == 404
    for path in ("/jobs/x", "/jobs/..%2f..%2fkeys", "/jobs/" + "0" * 33):
        assert place.client.get(path, headers=els).status_code == 404
    assert place.client.get("/jobs").status_code == 401
    assert place.client.get("/jobs", headers=place.key("r", Scope.READ)).status_code == 403


VISIBLE = [
    ({}, "public", []),
    ({"visibility": "internal"}, "internal", []),
    ({"groups": "beam"}, "restricted", ["beam"]),
    ({"visibility": "restricted", "groups": "beam, lab"}, "restricted", ["beam", "lab"]),
    ({"embargo": "2199-01-01"}, "restricted", []),
    ({"visibility": "public", "embargo": "2199-01-01", "groups": "lab"}, "restricted", ["lab"]),
]


@pytest.mark.parametrize(("fields", "visibility", "groups"), VISIBLE)
def test_visibility(
    shared: Place, tmp_path: Path, fields: dict[str, str], visibility: str, groups: list[str]
) -> None:
    key = shared.key("els", groups=("beam", "lab"))
    id_ = f"v{VISIBLE.index((fields, visibility, groups))}"
    report = one(shared.uploaded(key, [("file", crate_zip(tmp_path / id_))], id=id_, **fields))
    assert report["visibility"] == visibility
    (record,) = (s for s in shared.context.graph.sources() if s.id == f"~els/{id_}")
    assert (record.visibility, list(record.groups)) == (visibility, groups)
    assert record.visible_from == fields.get("embargo")


def test_where_nothing_is_said_the_service_may_be_careful(
    tmp_path: Path, alignment: Alignment
) -> None:
    rules = UploadRules.from_environment({"KG_UPLOAD_VISIBILITY": "internal"})
    place = Place(tmp_path, alignment, rules)
    key = place.key("els")
    told = place.uploaded(key, [("file", crate_zip(tmp_path / "a"))])
    assert one(told)["visibility"] == "internal"
    told = place.uploaded(key, [("file", crate_zip(tmp_path / "b"))], visibility="public")
    assert one(told)["visibility"] == "public"


def test_groups_that_a_source_names_itself(place: Place, tmp_path: Path) -> None:
    record = {
        "pid": "10.5072/x",
        "datasetName": "d",
        "type": "raw",
        "creationTime": "2026-01-01T00:00:00Z",
        "sourceFolder": "/x",
        "ownerGroup": "secret-club",
        "accessGroups": ["beam"],
        "isPublished": False,
        "owner": "o",
        "contactEmail": "a@b.example",
        "principalInvestigator": "p",
        "creationLocation": "x",
    }
    file = ("dataset.json", json.dumps(record).encode())
    report = one(place.uploaded(place.key("els", groups=("beam",)), [("file", file)]))
    assert report["visibility"] == "restricted"
    assert [w["code"] for w in report["warnings"]] == ["groups-left-out"]
    (source,) = (s for s in place.context.graph.sources() if s.id == report["source"])
    assert source.groups == ("beam",)


REFUSED = [
    ({"visibility": "secret"}, 400, "visibility"),
    ({"visibility": "restricted"}, 400, "groups"),
    ({"visibility": "public", "groups": "beam"}, 400, "groups"),
    ({"groups": "lab"}, 403, "not in the group"),
    ({"embargo": "tomorrow"}, 400, "2027"),
    ({"embargo": "2020-01-01"}, 400, "has come"),
    ({"embargo": "2027-02-30"}, 400, "day"),
    ({"id": "../etc/passwd"}, 400, "id"),
    ({"id": "a//b"}, 400, "id"),
    ({"id": "/a"}, 400, "id"),
    ({"id": "a b"}, 400, "id"),
    ({"id": "x" * 300}, 400, "id"),
    ({"format": "excel"}, 400, "format"),
    ({"colour": "blue"}, 400, "colour"),
]


@pytest.mark.parametrize(("fields", "status", "said"), REFUSED)
def test_options_that_are_wrong(
    shared: Place, tmp_path: Path, fields: dict[str, str], status: int, said: str
) -> None:
    key = shared.key("els", groups=("beam",))
    before = len(shared.queue.jobs(None, 1000))
    answer = shared.post(key, [("file", crate_zip(tmp_path / "a"))], **fields)
    assert answer.status_code == status
    assert said in answer.json()["error"]["message"]
    assert len(shared.queue.jobs(None, 1000)) == before
    assert not list((shared.folder / "uploads" / "incoming").iterdir()), "nothing is left"
    assert shared.logged()[-1]["outcome"] == "refused"


def test_a_format_that_is_another(place: Place, tmp_path: Path) -> None:
    key = place.key("els")
    told = place.uploaded(key, [("file", crate_zip(tmp_path / "a"))], format="scicat")
    assert told["state"] == "failed"
    assert "is ro-crate, not scicat" in one(told)["error"]
    told = place.uploaded(key, [("file", crate_zip(tmp_path / "a"))], format="ro-crate")
    assert told["state"] == "done"


def test_one_id_for_several_sources(place: Place, tmp_path: Path) -> None:
    files = [("file", crate_zip(tmp_path / name)) for name in "ab"]
    key = place.key("els")
    told = place.uploaded(key, files, id="x")
    assert told["state"] == "failed"
    assert "only one" in told["message"]
    told = place.uploaded(key, files)
    assert told["summary"]["added"] == 2


def test_zips_that_do_harm(place: Place, tmp_path: Path) -> None:
    key = place.key("els")
    climbing = BytesIO()
    with ZipFile(climbing, "w") as archive:
        archive.writestr("../../outside.json", "{}")
    bomb = BytesIO()
    with ZipFile(bomb, "w", ZIP_DEFLATED) as archive:
        for number in range(11):
            archive.writestr(f"{number}.json", b"0" * 100 * 1024 * 1024)
    for content, said in ((climbing, "outside"), (bomb, "bomb")):
        told = place.uploaded(key, [("file", ("x.zip", content.getvalue()))])
        assert told["state"] == "failed"
        assert said in one(told)["error"]
    assert not (tmp_path / "outside.json").exists()


def test_limits(tmp_path: Path, alignment: Alignment) -> None:
    rules = UploadRules(file_bytes=2000, request_bytes=5000, files=3, open_jobs=2)
    place = Place(tmp_path, alignment, rules)
    key = place.key("els")
    good = crate_zip(tmp_path / "a")
    big, half = b"x" * 2001, b"x" * 1900
    for files in (
        [("file", ("big", big))],
        [("file", (f"{n}", half)) for n in range(3)],
        [("file", (f"{n}", b"x")) for n in range(4)],
    ):
        answer = place.post(key, files)
        assert answer.status_code == 413, len(files)
    declared = place.client.post("/sources", headers=key, content=b"x" * 2_000_000)
    assert declared.status_code == 413
    assert place.post(key, [("file", good)]).status_code == 202
    assert place.post(key, [("file", good)]).status_code == 202
    third = place.post(key, [("file", good)])
    assert third.status_code == 429
    assert third.headers["retry-after"]
    assert place.post(place.key("other"), [("file", good)]).status_code == 202
    place.work()
    assert place.post(key, [("file", good)]).status_code == 202
