"""Bearer tokens of OpenID Connect issuers: signed JSON Web Tokens (RFC 7519, RFC 9068).

Which algorithms may sign is ours to say, never the token's. A token's header may name a key by
its id; keys that it carries or points to (``jwk``, ``jku``, ``x5c``, ``x5u``) are not looked at.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable
from hashlib import sha256
from typing import Any

from joserfc import jwt
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError
from joserfc.jws import JWSRegistry, extract_compact

from kg_service.access.caller import Caller, Scope
from kg_service.access.issuers import ASYMMETRIC, Issuer
from kg_service.access.jwks import IssuerKeys, PublicKey
from kg_service.errors import BadCredentials

_LEEWAY_S = 30
_LONGEST_TOKEN = 16 * 1024
_LONGEST_HEADER = 8 * 1024
_LONGEST_SUBJECT = 255
_MOST_GROUPS = 1000
# keys to try for a token that names none; more would be work that anybody can ask for
_MOST_TRIES = 5
# other kinds of token that the same issuer signs, such as logout+jwt, are no access tokens
_TYPES = frozenset({"", "jwt", "at+jwt", "application/jwt", "application/at+jwt"})
_KEY_TYPES = {"R": "RSA", "P": "RSA", "E": "EC"}
_OCTETS = frozenset({"EdDSA", "Ed25519"})


class OidcTokens:
    """Takes the tokens of some issuers."""

    def __init__(self, keys: Iterable[IssuerKeys], now: Callable[[], float] = time.time) -> None:
        self._keys = {one.issuer.issuer: one for one in keys}
        self._now = now

    def caller(self, token: str) -> Caller:
        """Who asks with a token. Raises BadCredentials, IssuerDown."""
        claims, issuer = self._claims(token)
        subject = claims["sub"]
        groups = frozenset(_listed(_claim(claims, issuer.groups_claim)))
        if not subject or len(subject) > _LONGEST_SUBJECT:
            raise BadCredentials("the token names nobody: sub is empty or too long")
        if len(groups) > _MOST_GROUPS:
            raise BadCredentials(f"the token names more than {_MOST_GROUPS} groups")
        said = _claim(claims, issuer.scopes_claim)
        granted = said.split() if isinstance(said, str) else list(_listed(said))
        scopes = {Scope.READ, *(issuer.scopes[name] for name in granted if name in issuer.scopes)}
        scopes |= {issuer.group_scopes[name] for name in groups if name in issuer.group_scopes}
        # a subject is unique only with its issuer; in no issuer's address there is a line break
        identity = f"{issuer.issuer}\n{subject}".encode("utf-8", "surrogatepass")
        return Caller(
            f"oidc:{subject}@{issuer.issuer.partition('://')[2]}",
            frozenset(scopes),
            internal=issuer.internal_groups is None or bool(groups & issuer.internal_groups),
            groups=frozenset(issuer.groups_prefix + group for group in groups),
            owner=f"u-{sha256(identity).hexdigest()[:16]}",
        )

    def _claims(self, token: str) -> tuple[dict[str, Any], Issuer]:
        """The claims of a token that is right in every respect, and who issued it."""
        if not self._keys:
            raise BadCredentials("the token is no API key, and no issuer of tokens is configured")
        if len(token) > _LONGEST_TOKEN:
            raise BadCredentials("the token is too long")
        header, told = _unchecked(token)
        named = told.get("iss")
        keys = self._keys.get(named) if isinstance(named, str) else None
        if keys is None:
            raise BadCredentials("the token is not of an issuer whose tokens are taken here")
        issuer = keys.issuer
        algorithm = header.get("alg")
        if not isinstance(algorithm, str) or algorithm not in issuer.algorithms:
            raise BadCredentials("the token is signed with an algorithm that is not taken here")
        if str(header.get("typ", "")).lower() not in _TYPES:
            raise BadCredentials("the token is of a type that is no access token")
        kid = header.get("kid")
        if kid is not None and not isinstance(kid, str):
            raise BadCredentials("the token names its key in a way that makes no sense")
        key_type = "OKP" if algorithm in _OCTETS else _KEY_TYPES[algorithm[0]]
        claims = _checked(token, keys.candidates(kid, key_type), algorithm)
        self._check(claims, issuer)
        return claims, issuer

    def _check(self, claims: dict[str, Any], issuer: Issuer) -> None:
        registry = jwt.JWTClaimsRegistry(
            now=int(self._now()),
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": issuer.issuer},
            aud={"essential": True, "values": list(issuer.audience)},
            exp={"essential": True},
            sub={"essential": True},
        )
        try:
            registry.validate(claims)
        except ExpiredTokenError as error:
            raise BadCredentials("the token has expired; get a new one") from error
        except ClaimError as error:
            raise BadCredentials(f"the token's claim {error.claim} is not right") from error


def _registry(algorithms: Collection[str]) -> JWSRegistry:
    # it alone says what is allowed: with one, joserfc heeds no other list of algorithms;
    # headers that are not known are let be, as issuers add their own; crit is heeded all the same
    registry = JWSRegistry(algorithms=algorithms, strict_check_header=False)
    registry.max_header_length = _LONGEST_HEADER
    return registry


def _unchecked(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a token says of itself, to find the issuer and the key by; nothing is checked yet."""
    try:
        parts = extract_compact(token.encode("ascii"), None, _registry(ASYMMETRIC))
        told = json.loads(parts.payload)
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise BadCredentials("the token is neither an API key nor a signed JWT") from error
    if not isinstance(told, dict):
        raise BadCredentials("the token holds no claims")
    return dict(parts.headers()), told


def _checked(token: str, keys: list[PublicKey], algorithm: str) -> dict[str, Any]:
    """The claims, where one of the keys made the signature. Raises BadCredentials."""
    for key in keys[:_MOST_TRIES]:
        try:
            return dict(jwt.decode(token, key, registry=_registry([algorithm])).claims)
        except (JoseError, ValueError, TypeError, RecursionError):
            continue
    raise BadCredentials("the token's signature is of none of its issuer's keys")


def _claim(claims: dict[str, Any], name: str) -> Any:
    """A claim by its name, or by a path with dots into claims that are objects."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def _listed(value: Any) -> list[str]:
    """The texts of a claim that is one text or a list; nothing of what is neither."""
    if isinstance(value, str):
        return [value]
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
