"""API keys: what is kept of them, which are taken, and from when they are not."""

from __future__ import annotations

import json
import re
import stat
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg_service.access.caller import Scope
from kg_service.access.key_use import KeyUse
from kg_service.access.keys import KEY_PATTERN, Key, KeyRing, stamp
from kg_service.errors import BadCredentials, NotKnown, StoreError, UsageError

START = datetime(2026, 11, 21, 12, tzinfo=UTC)
WANTED = Key("", "els", "", "", "tests", scopes=("read", "write"), groups=("beam",), internal=True)


class Clock:
    now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ring(tmp_path: Path, clock: Clock) -> KeyRing:
    return KeyRing(tmp_path / "keys", clock)


def test_a_key_tells_who_asks(ring: KeyRing) -> None:
    key, token = ring.create(WANTED)
    assert KEY_PATTERN.fullmatch(token)
    caller = ring.key_of(token).caller()
    assert caller.name == f"key:{key.id}"
    assert caller.scopes == {Scope.READ, Scope.WRITE}
    assert caller.groups == {"beam"}
    assert caller.internal
    assert not caller.everything
    assert caller.owner == "els"


def test_the_secret_is_not_kept(ring: KeyRing, tmp_path: Path) -> None:
    _key, token = ring.create(WANTED)
    kept = (tmp_path / "keys" / "keys.json").read_text()
    assert token.rpartition("_")[2] not in kept


def test_only_the_account_may_read_them(ring: KeyRing, tmp_path: Path) -> None:
    ring.create(WANTED)
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    for path in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert not list((tmp_path / "keys").glob(".*")), "temporary files are left"


def test_tokens_differ(ring: KeyRing) -> None:
    tokens = {ring.create(WANTED)[1] for _ in range(20)}
    assert len(tokens) == 20
    assert len(ring.every()) == 20


def test_wrong_ones(ring: KeyRing) -> None:
    _key, token = ring.create(WANTED)
    _other, second = ring.create(WANTED)
    swapped = "_".join([*token.split("_")[:2], second.split("_")[2]])
    changed = token[:-1] + ("a" if token[-1] != "a" else "b")
    unknown = "kg_" + "0" * 12 + token[15:]
    for wrong in (swapped, changed, unknown, token + "x", token[:-1], token.upper(), f" {token}"):
        with pytest.raises(BadCredentials):
            ring.key_of(wrong)


@given(st.text(max_size=80))
def test_no_text_is_a_key_by_chance(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    ring = KeyRing(tmp_path_factory.getbasetemp() / "none")
    with pytest.raises(BadCredentials):
        ring.key_of(text)


def test_unknown_and_wrong_are_told_alike(ring: KeyRing) -> None:
    key, token = ring.create(WANTED)
    said = []
    for wrong in (f"kg_{key.id}_{'x' * 43}", f"kg_{'0' * 12}_{'x' * 43}"):
        with pytest.raises(BadCredentials) as told:
            ring.key_of(wrong)
        said.append(str(told.value))
    ring.revoke(key.id)
    with pytest.raises(BadCredentials) as told:
        ring.key_of(token)
    assert {*said, str(told.value)} == {said[0]}


def test_it_expires(ring: KeyRing, clock: Clock) -> None:
    _key, token = ring.create(replace(WANTED, expires=stamp(START + timedelta(days=1))))
    clock.now = START + timedelta(hours=23, minutes=59)
    assert ring.key_of(token)
    clock.now = START + timedelta(days=1)
    with pytest.raises(BadCredentials):
        ring.key_of(token)


def test_a_revocation_holds_at_once_everywhere(ring: KeyRing, tmp_path: Path) -> None:
    key, token = ring.create(WANTED)
    service = KeyRing(tmp_path / "keys")
    assert service.key_of(token)
    ring.revoke(key.id)
    with pytest.raises(BadCredentials):
        service.key_of(token)
    assert ring.revoke(key.id).revoked == stamp(START), "once more changes nothing"


def test_rotation(ring: KeyRing, clock: Clock) -> None:
    key, old = ring.create(WANTED)
    rotated, new = ring.rotate(key.id, timedelta(hours=1), None)
    assert rotated.id == key.id
    assert rotated.groups == key.groups
    assert ring.key_of(new)
    assert ring.key_of(old)
    clock.now = START + timedelta(hours=1)
    assert ring.key_of(new)
    with pytest.raises(BadCredentials):
        ring.key_of(old)
    _again, newest = ring.rotate(key.id, timedelta(0), None)
    with pytest.raises(BadCredentials):
        ring.key_of(new)
    ring.revoke(key.id)
    with pytest.raises(BadCredentials):
        ring.key_of(newest)
    with pytest.raises(UsageError, match="revoked"):
        ring.rotate(key.id, timedelta(0), None)


def test_a_rotation_does_not_bring_back_an_expired_secret(ring: KeyRing, clock: Clock) -> None:
    key, old = ring.create(replace(WANTED, expires=stamp(START + timedelta(days=1))))
    clock.now = START + timedelta(days=2)
    ring.rotate(key.id, timedelta(days=7), None)
    with pytest.raises(BadCredentials):
        ring.key_of(old)


def test_a_revocation_ends_the_grace_too(ring: KeyRing) -> None:
    key, old = ring.create(WANTED)
    ring.rotate(key.id, timedelta(days=7), None)
    ring.revoke(key.id)
    with pytest.raises(BadCredentials):
        ring.key_of(old)


def test_one_that_may_not_read_sees_what_anybody_sees(ring: KeyRing) -> None:
    caller = replace(WANTED, scopes=("write",), everything=True).caller()
    assert not caller.internal
    assert not caller.groups
    assert not caller.everything
    with pytest.raises(UsageError, match="read"):
        ring.create(replace(WANTED, scopes=("write",)))


@pytest.mark.parametrize(
    "owner", ["", "Els", "a b", "u-1", "-a", "a-", "../x", "a/b", "x" * 41, "é", "a\n"]
)
def test_owners_that_can_not_be(ring: KeyRing, owner: str) -> None:
    with pytest.raises(UsageError):
        ring.create(replace(WANTED, owner=owner))


@pytest.mark.parametrize("group", ["", " a", "a,b", "a\nb", "x" * 201])
def test_groups_that_can_not_be(ring: KeyRing, group: str) -> None:
    with pytest.raises(UsageError):
        ring.create(replace(WANTED, groups=(group,)))


def test_keys_made_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    def make() -> None:
        for _ in range(5):
            KeyRing(tmp_path / "keys").create(WANTED)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(KeyRing(tmp_path / "keys").every()) == 20


def test_a_damaged_file_lets_nobody_in(ring: KeyRing, tmp_path: Path) -> None:
    _key, token = ring.create(WANTED)
    file = tmp_path / "keys" / "keys.json"
    whole = file.read_text()
    told = json.loads(whole)
    told["keys"][0]["scopes"] = ["everything"]
    for text in ("", "{", "[]", '{"keys": 3}', '{"keys": [{}]}', whole[:-9], json.dumps(told)):
        file.write_text(text)
        with pytest.raises(StoreError, match=re.escape(str(file))):
            KeyRing(tmp_path / "keys").key_of(token)
        with pytest.raises(StoreError):
            KeyRing(tmp_path / "keys").create(WANTED)
    assert file.read_text() == json.dumps(told), "what is damaged is not written over"


def test_ids_that_are_not_there(ring: KeyRing) -> None:
    for id_ in ("", "x", "0" * 12):
        with pytest.raises(NotKnown):
            ring.revoke(id_)


def test_who_pastes_the_whole_key_means_its_id(ring: KeyRing) -> None:
    key, token = ring.create(WANTED)
    assert ring.revoke(token).id == key.id


def test_last_use_is_kept_to_the_day(tmp_path: Path) -> None:
    use = KeyUse(tmp_path / "keys", lambda: START.date())
    assert use.is_news("a")
    use.used("a")
    assert not use.is_news("a")
    KeyUse(tmp_path / "keys", lambda: START.date() + timedelta(days=1)).used("b")
    assert use.days() == {"a": "2026-11-21", "b": "2026-11-22"}


def test_last_use_that_can_not_be_kept_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file, no folder")
    use = KeyUse(tmp_path / "keys")
    use.used("a")
    assert use.days() == {}
