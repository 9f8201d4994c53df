"""The jobs of uploads: they wait, are cancelled, are taken up again; what is logged of them."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from login.places import Place, crate_zip
from service.servers import serving
from support import BASE, crate

from kg_service.access.caller import Scope
from kg_service.opening import open_writer
from kg_service.uploads.jobs import State


def test_files_are_removed_when_it_is_done(place: Place, tmp_path: Path) -> None:
    told = place.uploaded(place.key("els"), [("file", crate_zip(tmp_path / "a"))])
    left = [p for p in (place.folder / "uploads").rglob("*") if p.is_file()]
    assert sorted(p.name for p in left) == ["job.json"]
    assert told["state"] == "done"


def test_a_job_waits_for_another_writer(place: Place, tmp_path: Path) -> None:
    other = open_writer(place.settings)
    place.post(place.key("els"), [("file", crate_zip(tmp_path / "a"))])
    (id_,) = place.queue.waiting()
    with place.working():
        assert _until(place, id_, State.WAITING).message
        other.close()
        assert _until(place, id_, State.DONE).message is None


def test_a_job_is_cancelled_while_it_waits(place: Place, tmp_path: Path) -> None:
    key = place.key("els")
    other = open_writer(place.settings)
    try:
        location = place.post(key, [("file", crate_zip(tmp_path / "a"))]).headers["location"]
        (id_,) = place.queue.waiting()
        with place.working():
            _until(place, id_, State.WAITING)
            assert place.client.delete(location, headers=key).status_code == 200
            _until(place, id_, State.CANCELLED)
    finally:
        other.close()
    assert place.client.delete(location, headers=key).json()["state"] == "cancelled"
    assert place.source_ids() == {"operators"}


def test_a_job_is_cancelled_before_anybody_begins(place: Place, tmp_path: Path) -> None:
    key = place.key("els")
    location = place.post(key, [("file", crate_zip(tmp_path / "a"))]).headers["location"]
    place.client.delete(location, headers=key)
    place.work()
    assert place.client.get(location, headers=key).json()["state"] == "cancelled"


def test_what_was_begun_is_taken_up_again(place: Place, tmp_path: Path) -> None:
    """A worker that died left its job running; a later one does it, but not for ever."""
    key = place.key("els")
    location = place.post(key, [("file", crate_zip(tmp_path / "a"))]).headers["location"]
    (id_,) = place.queue.waiting()
    job = place.queue.job(id_)
    assert job is not None
    place.queue.save(job.starting())
    place.work()
    assert place.client.get(location, headers=key).json()["state"] == "done"
    location = place.post(key, [("file", crate_zip(tmp_path / "b"))]).headers["location"]
    (id_,) = place.queue.waiting()
    job = place.queue.job(id_)
    assert job is not None
    place.queue.save(job.starting().starting().starting())
    place.work()
    told = place.client.get(location, headers=key).json()
    assert told["state"] == "failed"
    assert "never ended" in told["message"]


def test_a_caller_who_goes_away_leaves_nothing(place: Place) -> None:
    token = place.key("els")["Authorization"]
    head = (
        f"POST /sources HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nContent-Length: 100000\r\n"
        "Content-Type: multipart/form-data; boundary=edge\r\n\r\n--edge\r\n"
        'Content-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\nbegun'
    )
    incoming = place.folder / "uploads" / "incoming"
    with serving(place.app) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(head.encode())
            _wait(lambda: any(incoming.rglob("a.zip")))
        _wait(lambda: not any(incoming.iterdir()))
    assert not place.queue.jobs(None, 10)


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_everything_is_logged(place: Place, tmp_path: Path) -> None:
    key = place.key("els")
    name = 'a"}\n{"time":"x\u202e.zip'
    _name, content = crate_zip(tmp_path / "a")
    told = place.uploaded(key, [("file", (name, content))], id="scan")
    place.client.delete("/sources/operators?because=x%0ay", headers=key)
    place.post({}, [("file", ("a", b"x"))])
    logged = place.logged()
    assert [(e["action"], e["outcome"]) for e in logged] == [
        ("ingest", "accepted"),
        ("ingest", "done"),
        ("withdraw", "refused"),
    ]
    accepted, done, refused = logged
    assert accepted["job"] == done["job"] == told["id"]
    assert done["what"] == ["added ~els/scan"]
    assert accepted["who"].startswith("key:")
    assert accepted["from"]
    assert refused["what"] == ["operators"]
    raw = (place.folder / "audit.jsonl").read_bytes()
    assert raw.isascii()
    assert len(raw.splitlines()) == 3


def test_what_can_not_be_logged_is_not_done(place: Place, tmp_path: Path) -> None:
    (place.folder / "audit.jsonl").mkdir()
    answer = place.post(place.key("els"), [("file", crate_zip(tmp_path / "a"))])
    assert answer.status_code == 503
    assert not place.queue.jobs(None, 10)
    assert not list((place.folder / "uploads" / "incoming").iterdir())


def test_a_decision_on_a_link(place: Place, tmp_path: Path) -> None:
    entities = [{"@id": name, "@type": "File", "name": name} for name in ("one.csv", "two.csv")]
    folder = crate(tmp_path / "links", *entities)
    with ZipFile(tmp_path / "links.zip", "w") as archive:
        archive.write(folder / "ro-crate-metadata.json", "ro-crate-metadata.json")
    admin = place.key("steward", Scope.READ, Scope.WRITE, Scope.ADMIN, everything=True)
    place.uploaded(admin, [("file", ("links.zip", (tmp_path / "links.zip").read_bytes()))], id="l")
    asked = {
        "first": f"{BASE}/source/l/one.csv",
        "second": f"{BASE}/source/l/two.csv",
        "verdict": "confirm",
        "because": "the same file",
    }
    writer = place.client.post("/links", headers=place.key("els"), json=asked)
    assert writer.status_code == 403
    assert place.client.post("/links", json=asked).status_code == 401
    answer = place.client.post("/links", headers=admin, json=asked)
    assert answer.status_code == 202, answer.text
    place.work()
    told = place.client.get(answer.headers["location"], headers=admin).json()
    assert (told["state"], told["message"]) == ("done", "confirmed by ~steward")
    unknown = place.client.post("/links", headers=admin, json={**asked, "first": "nothing"})
    assert unknown.status_code == 404
    again = {**asked, "second": asked["first"]}
    answer = place.client.post("/links", headers=admin, json=again)
    place.work()
    told = place.client.get(answer.headers["location"], headers=admin).json()
    assert told["state"] == "failed"


def _until(place: Place, id_: str, state: State) -> Any:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        job = place.queue.job(id_)
        if job is not None and job.state is state:
            return job
        time.sleep(0.05)
    raise AssertionError(f"{id_} is not {state}: {place.queue.job(id_)}")
