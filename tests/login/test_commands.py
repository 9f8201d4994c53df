"""kg keys, and what the command line writes to the audit log."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support import crate
from typer.testing import CliRunner, Result

from kg_service.access.keys import KEY_PATTERN, KeyRing
from kg_service.cli.main import app
from kg_service.errors import BadCredentials, KgError, UsageError


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KG_DATA", "KG_KEYS", "KG_AUDIT", "KG_UPLOADS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KG_STORE", str(tmp_path / "store"))


def kg(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def logged(tmp_path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (tmp_path / "store/audit.jsonl").read_text().splitlines()]


def test_the_key_stands_alone_on_standard_output(tmp_path: Path) -> None:
    done = kg("keys", "create", "els", "--scope", "write", "--scope", "read", "--group", "beam")
    assert done.exit_code == 0
    token = done.stdout.strip()
    assert KEY_PATTERN.fullmatch(token)
    assert "Keep it now" in done.stderr
    key = KeyRing(tmp_path / "store/keys").key_of(token)
    assert key.scopes == ("read", "write")
    assert key.groups == ("beam",)
    (entry,) = logged(tmp_path)
    assert entry["action"] == "key-create"
    assert entry["what"] == [key.id]
    assert str(entry["who"]).startswith("operator:")
    assert token not in (tmp_path / "store/audit.jsonl").read_text()


def test_it_holds_for_a_year_unless_told(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    for options, days in (([], 365), (["--expires", "90d"], 90), (["--expires", "2w"], 14)):
        told = json.loads(kg("keys", "create", "els", "--json", *options).stdout)
        ends = datetime.fromisoformat(told["expires"])
        assert abs(ends - now - timedelta(days=days)) < timedelta(minutes=1)
    told = json.loads(kg("keys", "create", "els", "--json", "--expires", "2199-06-30").stdout)
    assert told["expires"] == "2199-07-01T00:00:00Z"
    assert json.loads(kg("keys", "create", "els", "--json", "--never").stdout)["expires"] is None


@pytest.mark.parametrize(
    "options",
    [
        ["--expires", "soon"],
        ["--expires", "2020-01-01"],
        ["--expires", "2027-02-30"],
        ["--expires", "0d"],
        ["--expires", "1d", "--never"],
        ["--scope", "write", "--internal"],
        ["--group", "a,b"],
    ],
)
def test_what_makes_no_sense(options: list[str]) -> None:
    assert isinstance(kg("keys", "create", "els", *options).exception, UsageError)
    assert json.loads(kg("keys", "list", "--json", "--all").stdout) == []


def test_list_revoke_rotate(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "store/keys")
    first = json.loads(kg("keys", "create", "els", "--json", "--description", "beamline").stdout)
    second = json.loads(kg("keys", "create", "lab", "--json").stdout)
    assert "hash" not in first
    table = kg("keys", "list").stdout
    assert first["id"] in table
    assert "beamline" in table
    rotated = json.loads(kg("keys", "rotate", second["id"], "--json").stdout)
    assert rotated["id"] == second["id"]
    assert ring.key_of(rotated["key"])
    with pytest.raises(BadCredentials):
        ring.key_of(second["key"])
    kept = json.loads(kg("keys", "rotate", second["id"], "--json", "--grace", "1d").stdout)
    assert ring.key_of(rotated["key"]).id == ring.key_of(kept["key"]).id
    assert kg("keys", "revoke", first["id"]).exit_code == 0
    with pytest.raises(BadCredentials):
        ring.key_of(first["key"])
    shown = json.loads(kg("keys", "list", "--json").stdout)
    assert [key["id"] for key in shown] == [second["id"]]
    everything = json.loads(kg("keys", "list", "--json", "--all").stdout)
    assert [key["state"] for key in everything] == ["revoked", "active"]
    assert isinstance(kg("keys", "revoke", "0" * 12).exception, KgError)
    actions = [entry["action"] for entry in logged(tmp_path)]
    assert actions == ["key-create"] * 2 + ["key-rotate"] * 2 + ["key-revoke"] * 2
    assert logged(tmp_path)[-1]["outcome"] == "refused"


def test_a_server_needs_a_place_for_its_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_STORE", "sparql+http://127.0.0.1:1")
    refused = kg("keys", "create", "els")
    assert isinstance(refused.exception, UsageError)
    assert "KG_KEYS" in str(refused.exception)
    monkeypatch.setenv("KG_KEYS", str(tmp_path / "keys"))
    assert kg("keys", "create", "els").exit_code == 0


def test_writes_are_logged(tmp_path: Path) -> None:
    files = [{"@id": name, "@type": "File", "name": name} for name in ("a.csv", "b.csv")]
    folder = crate(tmp_path / "crate", *files)
    broken = tmp_path / "broken.json"
    broken.write_text("{")
    kg("ingest", str(folder), "--id", "one")
    kg("ingest", str(broken))
    base = "http://127.0.0.1:8000/source/one"
    kg("links", "confirm", f"{base}/a.csv", f"{base}/b.csv", "--because", "the same")
    kg("realign")
    kg("withdraw", "one", "--because", "wrong")
    kg("withdraw", "none", "--because", "wrong")
    told = [(entry["action"], entry["outcome"], entry["what"]) for entry in logged(tmp_path)]
    assert told == [
        ("ingest", "done", ["added one"]),
        ("ingest", "done", [f"refused {broken}"]),
        ("link confirmed", "done", [f"{base}/a.csv", f"{base}/b.csv"]),
        ("realign", "done", []),
        ("withdraw", "done", ["one"]),
        ("withdraw", "refused", ["none"]),
    ]
    assert (tmp_path / "store/audit.jsonl").stat().st_mode & 0o777 == 0o600


def test_what_can_not_be_logged_is_not_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log").mkdir()
    monkeypatch.setenv("KG_AUDIT", str(tmp_path / "log"))
    refused = kg("ingest", str(crate(tmp_path / "crate")))
    assert isinstance(refused.exception, KgError)
    assert "audit" in str(refused.exception)
    assert json.loads(kg("sources", "--json").stdout) == []
