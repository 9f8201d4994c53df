"""Which OpenID Connect issuers' tokens are taken, from the environment or a TOML file.

One issuer by ``KG_OIDC_ISSUER``, ``KG_OIDC_AUDIENCE`` and the other ``KG_OIDC_...``; several by
``KG_OIDC_CONFIG``, which names a file with a table ``[[issuer]]`` each; see docs/access.md.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kg_service.access.caller import Scope
from kg_service.errors import UsageError

# signatures that nobody can make who has the public key only: not "none", nothing by a shared key
_RSA_AND_EC = frozenset(f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512))
ASYMMETRIC = _RSA_AND_EC | {"EdDSA", "Ed25519"}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_DEFAULT_SCOPES = {f"kg:{scope.value}": scope for scope in Scope}


@dataclass(frozen=True)
class Issuer:
    """One issuer, and how its tokens are read.

    ``jwks`` is the address or the file of its keys; None to find it by discovery. ``scopes``
    tells which values of ``scopes_claim`` give which of our scopes, ``group_scopes`` which groups
    do. ``internal_groups`` are those whose members see internal sources; None: all who sign in.
    ``groups_prefix`` stands before its groups elsewhere, so that what one issuer calls a group is
    not taken for another's of the same name.
    """

    issuer: str
    audience: tuple[str, ...]
    jwks: str | None = None
    algorithms: frozenset[str] = ASYMMETRIC
    groups_claim: str = "groups"
    scopes_claim: str = "scope"
    scopes: Mapping[str, Scope] = field(default_factory=lambda: dict(_DEFAULT_SCOPES))
    group_scopes: Mapping[str, Scope] = field(default_factory=dict)
    internal_groups: frozenset[str] | None = None
    groups_prefix: str = ""
    allow_http: bool = False

    def __post_init__(self) -> None:
        self.check_address(self.issuer)
        if not self.audience or not all(self.audience):
            raise UsageError(
                f"issuer {self.issuer}: give the audience (KG_OIDC_AUDIENCE) that its tokens for "
                "this service name; without it, tokens for others would be taken"
            )
        if unfit := sorted(self.algorithms - ASYMMETRIC):
            raise UsageError(
                f"issuer {self.issuer}: algorithm {', '.join(unfit)} can not be allowed; there "
                f"are {', '.join(sorted(ASYMMETRIC))}"
            )
        if self.jwks is not None and "://" in self.jwks:
            self.check_address(self.jwks)

    def check_address(self, address: str) -> None:
        """Raises UsageError where keys read from there could be anybody's."""
        try:
            parts = urlsplit(address)
            host = parts.hostname
        except ValueError:
            host = None
        safe = host and (
            parts.scheme == "https"
            or (parts.scheme == "http" and (host in _LOOPBACK or self.allow_http))
        )
        if not safe:
            raise UsageError(
                f"{address!r} must be an https address: keys that came by plain http could be "
                "anybody's (KG_OIDC_ALLOW_HTTP=on where the network between is your own)"
            )


def issuers_from_environment(env: Mapping[str, str] = os.environ) -> tuple[Issuer, ...]:
    """The issuers that are configured, none where there are none. Raises UsageError."""
    found: list[Issuer] = []
    allow_http = env.get("KG_OIDC_ALLOW_HTTP", "").strip().lower() in ("on", "1", "yes", "true")
    if named := env.get("KG_OIDC_CONFIG"):
        found += [_from_table(Path(named), table, allow_http) for table in _tables(Path(named))]
    if issuer := env.get("KG_OIDC_ISSUER"):
        internal = env.get("KG_OIDC_INTERNAL_GROUPS")
        found.append(
            Issuer(
                issuer,
                tuple(env.get("KG_OIDC_AUDIENCE", "").split()),
                jwks=env.get("KG_OIDC_JWKS") or None,
                algorithms=frozenset(env.get("KG_OIDC_ALGORITHMS", "").split()) or ASYMMETRIC,
                groups_claim=env.get("KG_OIDC_GROUPS_CLAIM") or "groups",
                scopes_claim=env.get("KG_OIDC_SCOPES_CLAIM") or "scope",
                scopes=_pairs(env.get("KG_OIDC_SCOPES", "")) or dict(_DEFAULT_SCOPES),
                group_scopes=_pairs(env.get("KG_OIDC_GROUP_SCOPES", "")),
                internal_groups=_groups(internal.split(",")) if internal else None,
                groups_prefix=env.get("KG_OIDC_GROUPS_PREFIX", ""),
                allow_http=allow_http,
            )
        )
    names = [one.issuer for one in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UsageError(f"issuer {', '.join(twice)} is configured twice")
    return tuple(found)


def _groups(written: list[str]) -> frozenset[str]:
    return frozenset(group.strip() for group in written if group.strip())


def _pairs(written: str) -> dict[str, Scope]:
    """``value=scope`` pairs with commas between them. Raises UsageError."""
    pairs = [pair.rpartition("=") for pair in written.split(",") if pair.strip()]
    return {value.strip(): _scope(scope.strip()) for value, _equals, scope in pairs}


def _scope(written: str) -> Scope:
    try:
        return Scope(written)
    except ValueError as error:
        known = ", ".join(scope.value for scope in Scope)
        raise UsageError(f"there is no scope {written!r}; there are {known}") from error


def _tables(path: Path) -> list[dict[str, Any]]:
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"KG_OIDC_CONFIG: {path} can not be read: {error}") from error
    tables = told.get("issuer")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise UsageError(f"KG_OIDC_CONFIG: {path} has no table [[issuer]]")
    return tables


def _from_table(path: Path, table: dict[str, Any], allow_http: bool) -> Issuer:
    left = dict(table)

    def text(name: str, default: str) -> str:
        value = left.pop(name, default)
        if not isinstance(value, str):
            raise UsageError(f"{path}: {name} must be a text")
        return value

    def texts(name: str) -> list[str]:
        value = left.pop(name, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise UsageError(f"{path}: {name} must be a list of texts")
        return value

    def scopes(name: str) -> dict[str, Scope]:
        value = left.pop(name, {})
        if not isinstance(value, dict):
            raise UsageError(f"{path}: {name} must be a table of value = scope")
        return {key: _scope(str(scope)) for key, scope in value.items()}

    restricted = "internal_groups" in left
    one = Issuer(
        text("issuer", ""),
        tuple(texts("audience")),
        jwks=text("jwks", "") or None,
        algorithms=frozenset(texts("algorithms")) or ASYMMETRIC,
        groups_claim=text("groups_claim", "groups"),
        scopes_claim=text("scopes_claim", "scope"),
        scopes=scopes("scopes") or dict(_DEFAULT_SCOPES),
        group_scopes=scopes("group_scopes"),
        internal_groups=_groups(texts("internal_groups")) if restricted else None,
        groups_prefix=text("groups_prefix", ""),
        allow_http=allow_http,
    )
    if left:
        raise UsageError(f"{path}: issuer {one.issuer}: {', '.join(sorted(left))} is not known")
    return one
