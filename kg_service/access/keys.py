"""API keys: who has one, what it allows, until when.

A key is written ``kg_ID_SECRET``: the id finds its record, the secret proves it. Kept is only the
secret's SHA-256. A slow hash, as for passwords, would gain nothing: nobody can try all of 2**256
secrets, however fast, and every request would pay for it.

The records are in one small file, which is replaced whole. Readers look at every request whether
it was, so that a revocation holds at once, in all processes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kg_service.access.caller import Caller, Scope
from kg_service.access.files import alone, replace_file
from kg_service.errors import BadCredentials, NotKnown, StoreError, UsageError

PREFIX = "kg_"
# 43 of 62 characters are 256 bits; no dash or underline, so that a double click takes it whole
_ALPHABET = string.ascii_letters + string.digits
_SECRET_LENGTH = 43
KEY_PATTERN = re.compile(r"kg_([0-9a-f]{12})_([A-Za-z0-9]{43})")
# owners that sign in elsewhere are called u-..., see kg_service.access.oidc
_OWNER = re.compile(r"(?!u-)[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_GROUP = re.compile(r"[^\s,\x00-\x1f\x7f](?:[^,\x00-\x1f\x7f]{0,198}[^\s,\x00-\x1f\x7f])?")
_NO_SUCH = "the API key is not known, or it has expired or was revoked"
_NOBODYS = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Key:
    """One key's record; times are ISO 8601 in UTC, to the second.

    ``owner`` owns what is uploaded with it; keys of one owner may renew each other's sources.
    ``retiring`` is the hash before a rotation, which holds until ``retires``.
    """

    id: str
    owner: str
    hash: str
    created: str
    created_by: str
    scopes: tuple[str, ...] = (Scope.READ.value,)
    groups: tuple[str, ...] = ()
    internal: bool = False
    everything: bool = False
    description: str = ""
    expires: str | None = None
    revoked: str | None = None
    rotated: str | None = None
    retiring: str | None = None
    retires: str | None = None

    def state(self, now: datetime) -> str:
        """``active``, ``expired`` or ``revoked``."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and self.expires <= stamp(now) else "active"

    def caller(self) -> Caller:
        """Who asks with it. One that may not read sees what the anonymous caller does."""
        scopes = frozenset(Scope(name) for name in self.scopes)
        reads = Scope.READ in scopes
        return Caller(
            f"key:{self.id}",
            scopes,
            internal=self.internal and reads,
            groups=frozenset(self.groups if reads else ()),
            everything=self.everything and reads,
            owner=self.owner,
        )

    def as_json(self, now: datetime, used: str | None = None) -> dict[str, Any]:
        """What may be told of it, which the hashes are not; keys are stable."""
        return {
            "id": self.id,
            "owner": self.owner,
            "description": self.description,
            "state": self.state(now),
            "scopes": list(self.scopes),
            "groups": list(self.groups),
            "internal": self.internal,
            "everything": self.everything,
            "created": self.created,
            "createdBy": self.created_by,
            "expires": self.expires,
            "revoked": self.revoked,
            "rotated": self.rotated,
            "lastUsed": used,
        }


def stamp(moment: datetime) -> str:
    """A time as records keep it; such texts compare as the times do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_key(token: str) -> bool:
    """Whether a token means to be one of our keys."""
    return token.startswith(PREFIX)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _new_secret() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_LENGTH))


class KeyRing:
    """The keys in a folder. There need not be one: then there are no keys."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self._path = folder / "keys.json"
        self._lock = folder / "keys.lock"
        self._now = now
        self._read_at: tuple[int, int, int] | None = None
        self._keys: dict[str, Key] = {}

    def key_of(self, token: str) -> Key:
        """The key that a token is. Raises BadCredentials, StoreError."""
        match = KEY_PATTERN.fullmatch(token)
        if match is None:
            raise BadCredentials("that is no API key: one is kg_ID_SECRET, without spaces")
        key = self._current().get(match[1])
        now = stamp(self._now())
        # as long for an id that is not there as for a wrong secret
        right = hmac.compare_digest(_hash(match[2]), key.hash if key else _NOBODYS)
        if key is None:
            raise BadCredentials(_NO_SUCH)
        if not right and key.retiring is not None and (key.retires or "") > now:
            right = hmac.compare_digest(_hash(match[2]), key.retiring)
        if not right or key.state(self._now()) != "active":
            raise BadCredentials(_NO_SUCH)
        return key

    def every(self) -> list[Key]:
        """All keys, in the order in which they were made. Raises StoreError."""
        return list(self._current().values())

    def create(self, wanted: Key) -> tuple[Key, str]:
        """Add a key like the one given, with an id and a secret of its own.

        The record, and the token, which can not be told again. Raises UsageError, StoreError.
        """
        _check(wanted)
        secret = _new_secret()
        with alone(self._lock):
            keys = dict(self._current())
            id_ = secrets.token_hex(6)
            while id_ in keys:
                id_ = secrets.token_hex(6)
            key = replace(wanted, id=id_, hash=_hash(secret), created=stamp(self._now()))
            self._write({**keys, id_: key})
        return key, f"{PREFIX}{id_}_{secret}"

    def revoke(self, id_: str) -> Key:
        """End a key now, for good. Raises NotKnown, StoreError."""
        with alone(self._lock):
            key = self._known(id_)
            if key.revoked is None:
                key = replace(key, revoked=stamp(self._now()), retiring=None, retires=None)
                self._write({**self._keys, key.id: key})
        return key

    def rotate(self, id_: str, grace: timedelta, expires: str | None) -> tuple[Key, str]:
        """Give a key a new secret; the old one holds for ``grace`` more.

        Raises NotKnown, UsageError where it is revoked, StoreError.
        """
        secret = _new_secret()
        with alone(self._lock):
            key = self._known(id_)
            if key.revoked is not None:
                raise UsageError(f"the key {key.id} is revoked, for good: create another one")
            now = self._now()
            held = key.state(now) == "active" and grace > timedelta(0)
            key = replace(
                key,
                hash=_hash(secret),
                expires=expires,
                rotated=stamp(now),
                retiring=key.hash if held else None,
                retires=stamp(now + grace) if held else None,
            )
            self._write({**self._keys, key.id: key})
        return key, f"{PREFIX}{key.id}_{secret}"

    def _known(self, id_: str) -> Key:
        # who pastes a whole key means its id
        match = KEY_PATTERN.fullmatch(id_)
        key = self._current().get(match[1] if match else id_)
        if key is None:
            raise NotKnown(f"there is no key {id_[:16]!r}; kg keys list names those that are")
        return key

    def _current(self) -> dict[str, Key]:
        """The keys as the file has them now, read again only where it was replaced."""
        try:
            told = self._path.stat()
        except FileNotFoundError:
            self._read_at, self._keys = None, {}
            return self._keys
        except OSError as error:
            raise self._unreadable(str(error.strerror)) from error
        read_at = (told.st_ino, told.st_mtime_ns, told.st_size)
        if read_at != self._read_at:
            self._keys = self._load()
            self._read_at = read_at
        return self._keys

    def _load(self) -> dict[str, Key]:
        try:
            told = json.loads(self._path.read_text(encoding="utf-8"))
            keys = [_key(record) for record in told["keys"]]
        except OSError as error:
            raise self._unreadable(str(error.strerror)) from error
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise self._unreadable("it is damaged; put it back from a copy") from error
        return {key.id: key for key in keys}

    def _unreadable(self, why: str) -> StoreError:
        return StoreError(f"{self._path}: the API keys can not be read ({why})")

    def _write(self, keys: dict[str, Key]) -> None:
        records = [vars(key) for key in keys.values()]
        replace_file(self._path, json.dumps({"keys": records}, indent=1) + "\n")


def _key(record: dict[str, Any]) -> Key:
    lists = {name: tuple(record[name]) for name in ("scopes", "groups")}
    for name in lists["scopes"]:
        Scope(name)
    return Key(**{**record, **lists})


def _check(key: Key) -> None:
    if not _OWNER.fullmatch(key.owner):
        raise UsageError(
            f"{key.owner!r} can not name an owner: use at most 40 small letters, digits and "
            "dashes, and do not begin with u-"
        )
    for group in key.groups:
        if not _GROUP.fullmatch(group):
            raise UsageError(f"{group!r} can not be a group: it has a comma, or no visible text")
    if not key.scopes:
        raise UsageError(f"a key needs a scope: {', '.join(scope.value for scope in Scope)}")
    if Scope.READ.value not in key.scopes and (key.groups or key.internal or key.everything):
        raise UsageError(
            "a key without the scope read sees what anonymous callers see: give it --scope read "
            "as well, or no --group, --internal and --everything"
        )
