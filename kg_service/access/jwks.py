"""The public keys of an issuer (RFC 7517), found, read and kept for a while.

A token with a key that is not known makes the keys be read again, as issuers change them; but not
more often than twice a minute, as anybody can write such tokens. Keys that were read hold for a
day where the issuer does not answer, so that its outage is not ours at once.
"""

from __future__ import annotations

import json
import logging
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from kg_service.access.issuers import Issuer
from kg_service.errors import IssuerDown, UsageError

PublicKey = RSAKey | ECKey | OKPKey
_log = logging.getLogger(__name__)
_TIMEOUT_S = 5.0
_LARGEST = 1024 * 1024
_READ_AGAIN_S = 30.0
_FRESH_S = 3600.0
_HOLDS_S = 24 * 3600.0
_SHORTEST_RSA = 2048
# by key type; an RSA key has no curve
_CURVES: dict[str, tuple[str | None, ...]] = {
    "RSA": (None,),
    "EC": ("P-256", "P-384", "P-521"),
    "OKP": ("Ed25519", "Ed448"),
}


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_options: Any) -> None:
        """Addresses are configured or discovered; none may lead elsewhere."""


def fetch_json(address: str) -> dict[str, Any]:
    """The JSON object at an address. Raises IssuerDown."""
    opener = urllib.request.build_opener(_NoRedirects)
    request = urllib.request.Request(address, headers={"Accept": "application/json"})
    deadline = time.monotonic() + _TIMEOUT_S
    content = b""
    try:
        with opener.open(request, timeout=_TIMEOUT_S) as answer:
            while piece := answer.read1(65536):
                content += piece
                if len(content) > _LARGEST or time.monotonic() > deadline:
                    raise IssuerDown(f"{address}: too long, in bytes or in time")
        told = json.loads(content)
    except (OSError, urllib.error.URLError, ValueError, RecursionError) as error:
        raise IssuerDown(f"{address}: {error}") from error
    if not isinstance(told, dict):
        raise IssuerDown(f"{address}: what is there is no JSON object")
    return told


@dataclass
class IssuerKeys:
    """The keys of one issuer. ``fetch`` and ``clock`` (in seconds) are those of tests in tests."""

    issuer: Issuer
    fetch: Callable[[str], dict[str, Any]] = fetch_json
    clock: Callable[[], float] = time.monotonic
    _keys: list[PublicKey] = field(default_factory=list)
    _read: float | None = None
    _tried: float | None = None
    _failed: bool = False
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def candidates(self, kid: str | None, key_type: str) -> list[PublicKey]:
        """The keys that may have made a signature: of that id, or where it names none, all of the
        type. None where the issuer has no such key. Raises IssuerDown where that can not be told.
        """
        if self._age() > _FRESH_S:
            self._read_again()
        found = self._among(kid, key_type)
        if not found:
            self._read_again()
            found = self._among(kid, key_type)
        if self._age() > _HOLDS_S or (not found and self._failed):
            raise IssuerDown(
                f"the keys of {self.issuer.issuer} can not be read now, so that its tokens can "
                "not be checked; try again in a minute"
            )
        return found

    def _age(self) -> float:
        return float("inf") if self._read is None else self.clock() - self._read

    def _among(self, kid: str | None, key_type: str) -> list[PublicKey]:
        keys = [key for key in self._keys if key.key_type == key_type]
        return [key for key in keys if kid is None or key.kid == kid]

    def _read_again(self) -> None:
        asked = self.clock()
        with self._guard:
            # whoever waited for another's answer has that one; a failed one is not repeated at once
            since = None if self._tried is None else asked - self._tried
            if since is not None and since < _READ_AGAIN_S:
                return
            try:
                self._keys = self._load()
                self._read = self.clock()
                self._failed = False
            except IssuerDown as error:
                self._failed = True
                _log.warning("the keys of %s can not be read: %s", self.issuer.issuer, error)
            self._tried = self.clock()

    def _load(self) -> list[PublicKey]:
        place = self.issuer.jwks or self._discovered()
        told = self.fetch(place) if "://" in place else _from_file(Path(place))
        listed = told.get("keys")
        if not isinstance(listed, list):
            raise IssuerDown(f"{place}: no JSON Web Key Set (RFC 7517)")
        keys = [key for entry in listed if (key := _public_key(entry)) is not None]
        if not keys:
            raise IssuerDown(f"{place}: no key in it can check a signature")
        return keys

    def _discovered(self) -> str:
        """Where the issuer says its keys are: OpenID Connect Discovery 1.0, section 4."""
        address = f"{self.issuer.issuer.rstrip('/')}/.well-known/openid-configuration"
        told = self.fetch(address)
        if told.get("issuer") != self.issuer.issuer:
            raise IssuerDown(
                f"{address}: it is about issuer {told.get('issuer')!r}, not {self.issuer.issuer!r}"
            )
        place = told.get("jwks_uri")
        try:
            self.issuer.check_address(place if isinstance(place, str) else "")
        except UsageError as error:
            raise IssuerDown(f"{address}: jwks_uri: {error}") from error
        return str(place)


def _from_file(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise IssuerDown(f"{path}: {error}") from error
    return told if isinstance(told, dict) else {}


def _public_key(entry: Any) -> PublicKey | None:
    """A key that checks signatures; None for one of another use, a shared, or a weak one."""
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig":
        return None
    if entry.get("crv") not in _CURVES.get(str(entry.get("kty")), ()):
        return None
    try:
        key = JWKRegistry.import_key(entry)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        _log.warning("a key of a key set is left out: %s", error)
        return None
    if isinstance(key, RSAKey) and key.public_key.key_size < _SHORTEST_RSA:
        _log.warning("an RSA key of %d bits is left out: too weak", key.public_key.key_size)
        return None
    return key if isinstance(key, (RSAKey, ECKey, OKPKey)) else None
