"""The whole service as a process: keys, an upload, and that a killed process loses nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from login.issuer import AUDIENCE, issuing
from login.places import crate_zip
from service.servers import free_port, wait_for
from support import EXAMPLE

_KG = [sys.executable, "-c", "from kg_service.cli.main import main; main()"]
_ENDS_S = 60


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    return {**kept, "KG_STORE": str(tmp_path / "store")}


def kg(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [*_KG, *arguments], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@contextmanager
def serving(environment: dict[str, str], log: Path) -> Iterator[tuple[httpx.Client, int]]:
    """``kg serve`` in a process group of its own, all of which ends with the block."""
    port = free_port()
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [*_KG, "serve", "--port", str(port)],
            env=environment,
            stderr=stream,
            start_new_session=True,
        )
    try:
        wait_for(port, process)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield client, process.pid
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)


def ended(client: httpx.Client, location: str, key: dict[str, str]) -> dict[str, object]:
    deadline = time.monotonic() + _ENDS_S
    while time.monotonic() < deadline:
        job = client.get(location, headers=key).json()
        if job["ended"]:
            return dict(job)
        time.sleep(0.1)
    raise AssertionError(f"the job has not ended: {job}")


def test_from_key_to_source(tmp_path: Path, environment: dict[str, str]) -> None:
    kg(environment, "ingest", str(EXAMPLE))
    token = kg(environment, "keys", "create", "els", "--scope", "read", "--scope", "write")
    key = {"Authorization": f"Bearer {token}"}
    name, content = crate_zip(tmp_path / "scan")
    log = tmp_path / "log"
    with serving(environment, log) as (client, _pid):
        answer = client.post("/sources", headers=key, files={"file": (name, content)})
        assert answer.status_code == 202
        job = ended(client, answer.headers["location"], key)
        assert job["state"] == "done"
        (source,) = job["sources"]  # type: ignore[misc]
        assert client.get(f"/sources/{source['source']}").status_code == 200
        assert client.get("/me", headers=key).json()["uploads"] == "~els"
        # a key that is revoked while the service runs
        (listed,) = json.loads(kg(environment, "keys", "list", "--json"))
        kg(environment, "keys", "revoke", listed["id"])
        assert client.get("/me", headers=key).status_code == 401
    assert token not in log.read_text()
    assert token.rpartition("_")[2] not in log.read_text()


def test_an_accepted_upload_survives_the_death_of_everything(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    kg(environment, "ingest", str(EXAMPLE))
    token = kg(environment, "keys", "create", "els", "--scope", "read", "--scope", "write")
    key = {"X-API-Key": token}
    locations = []
    with serving(environment, tmp_path / "log") as (client, pid):
        for number in range(3):
            file = crate_zip(tmp_path / f"scan-{number}")
            answer = client.post("/sources", headers=key, files={"file": file})
            assert answer.status_code == 202
            locations.append(answer.headers["location"])
        # the service and its worker, at once
        os.killpg(pid, signal.SIGKILL)
    with serving(environment, tmp_path / "log") as (client, _pid):
        assert [ended(client, place, key)["state"] for place in locations] == ["done"] * 3
        ids = {source["id"] for source in client.get("/sources").json()}
        assert len({id_ for id_ in ids if id_.startswith("~els/")}) == 3


def test_two_services_share_a_queue(tmp_path: Path, environment: dict[str, str]) -> None:
    kg(environment, "ingest", str(EXAMPLE))
    token = kg(environment, "keys", "create", "els", "--scope", "read", "--scope", "write")
    key = {"X-API-Key": token}
    with (
        serving(environment, tmp_path / "one") as (one, _first),
        serving(environment, tmp_path / "two") as (two, _second),
    ):
        placed = []
        for number, client in enumerate((one, two, one, two)):
            file = crate_zip(tmp_path / f"scan-{number}")
            answer = client.post("/sources", headers=key, files={"file": file})
            placed.append((client, answer.headers["location"]))
        for client, location in placed:
            # whichever is asked
            other = two if client is one else one
            assert ended(other, location, key)["state"] == "done"
        assert len(one.get("/jobs", headers=key).json()) == 4


def test_signing_in_with_an_issuer(tmp_path: Path, environment: dict[str, str]) -> None:
    kg(environment, "ingest", str(EXAMPLE))
    with issuing() as issuer:
        told = {
            "KG_OIDC_ISSUER": issuer.address,
            "KG_OIDC_AUDIENCE": AUDIENCE,
            "KG_OIDC_GROUP_SCOPES": "stewards=write",
            "KG_ANONYMOUS": "off",
        }
        with serving({**environment, **told}, tmp_path / "log") as (client, _pid):
            assert client.get("/sources").status_code == 401
            assert client.get("/health").status_code == 200
            key = {"Authorization": f"Bearer {issuer.token(groups=['stewards'])}"}
            assert client.get("/sources", headers=key).status_code == 200
            file = crate_zip(tmp_path / "scan")
            answer = client.post("/sources", headers=key, files={"file": file})
            assert answer.status_code == 202
            job = ended(client, answer.headers["location"], key)
            (source,) = job["sources"]  # type: ignore[misc]
            assert source["source"].startswith("~u-")
            wrong = {"Authorization": f"Bearer {issuer.token(aud='other')}"}
            assert client.get("/sources", headers=wrong).status_code == 401
