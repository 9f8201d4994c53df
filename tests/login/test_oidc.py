"""Tokens of OpenID Connect issuers: which are taken, and all the ways in which one is wrong."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import OctKey, RSAKey
from login.issuer import AUDIENCE, LocalIssuer, issuing, new_key, signed

from kg_service.access.caller import Scope
from kg_service.access.issuers import Issuer, issuers_from_environment
from kg_service.access.jwks import IssuerKeys
from kg_service.access.oidc import OidcTokens
from kg_service.errors import BadCredentials, IssuerDown, UsageError


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def issuer() -> Iterator[LocalIssuer]:
    with issuing() as issuer:
        yield issuer


@pytest.fixture
def clock() -> Clock:
    return Clock()


def taking(issuer: LocalIssuer, clock: Clock | None = None, **options: Any) -> OidcTokens:
    trusted = Issuer(issuer.address, (AUDIENCE,), **options)
    return OidcTokens([IssuerKeys(trusted, clock=clock or time.monotonic)])


def test_who_it_is(issuer: LocalIssuer) -> None:
    token = issuer.token(groups=["beam", "lab"], scope="openid kg:write kg:nonsense")
    caller = taking(issuer).caller(token)
    assert caller.name == f"oidc:alice@{issuer.address.removeprefix('http://')}"
    assert caller.groups == {"beam", "lab"}
    assert caller.scopes == {Scope.READ, Scope.WRITE}
    assert caller.internal
    assert not caller.everything
    assert caller.owner.startswith("u-")


@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [("RSA", "RS256"), ("RSA", "PS384"), ("EC", "ES256"), ("OKP", "EdDSA"), ("OKP", "Ed25519")],
)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_kinds_of_keys(issuer: LocalIssuer, kind: str, algorithm: str) -> None:
    issuer.keys = [new_key("RSA", "other"), new_key(kind, "mine")]
    token = signed(issuer.keys[1], algorithm, issuer.claims())
    assert taking(issuer).caller(token).name.startswith("oidc:alice@")


@pytest.mark.parametrize("type_", [None, "JWT", "at+jwt", "application/at+JWT"])
def test_types_of_token(issuer: LocalIssuer, type_: str | None) -> None:
    token = signed(issuer.keys[0], "RS256", issuer.claims(), {"typ": type_})
    assert taking(issuer).caller(token)


def test_headers_of_others_are_let_be(issuer: LocalIssuer) -> None:
    token = signed(issuer.keys[0], "RS256", issuer.claims(), {"nonce": "x", "x5t": "y" * 700})
    assert taking(issuer).caller(token)


def test_a_list_of_audiences(issuer: LocalIssuer) -> None:
    assert taking(issuer).caller(issuer.token(aud=["other", AUDIENCE]))


def test_a_clock_that_is_a_little_off(issuer: LocalIssuer) -> None:
    now = int(time.time())
    assert taking(issuer).caller(issuer.token(exp=now - 10, iat=now + 10, nbf=now + 10))


WRONG = {
    "expired": {"exp": int(time.time()) - 120},
    "no-expiry": {"exp": None},
    "expiry-is-text": {"exp": "tomorrow"},
    "expires-never": {"exp": float("nan")},
    "not-yet": {"nbf": int(time.time()) + 600},
    "issued-later": {"iat": int(time.time()) + 600},
    "other-audience": {"aud": "somebody-else"},
    "other-audiences": {"aud": ["a", "b"]},
    "no-audience": {"aud": None},
    "audience-is-object": {"aud": {"kg-service": True}},
    "part-of-audience": {"aud": "kg"},
    "no-subject": {"sub": None},
    "empty-subject": {"sub": ""},
    "subject-is-number": {"sub": 7},
    "other-issuer": {"iss": "https://evil.example"},
    "issuer-with-slash": {"iss": None},
    "long-subject": {"sub": "x" * 300},
    "many-groups": {"groups": [f"g{n}" for n in range(1001)]},
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_claims(issuer: LocalIssuer, name: str) -> None:
    with pytest.raises(BadCredentials):
        taking(issuer).caller(issuer.token(**WRONG[name]))


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _unsigned(header: dict[str, Any], claims: Any, signature: str = "") -> str:
    head, body = (_part(json.dumps(value).encode()) for value in (header, claims))
    return f"{head}.{body}.{signature}"


def test_without_a_signature(issuer: LocalIssuer) -> None:
    tokens = taking(issuer)
    for name in ("none", "None", "NONE", "nOnE", ""):
        with pytest.raises(BadCredentials):
            tokens.caller(_unsigned({"alg": name, "kid": "rsa-1"}, issuer.claims()))
    head, claims, _signature = issuer.token().split(".")
    for token in (f"{head}.{claims}.", f"{head}.{claims}", f"{head}.{claims}.AAAA"):
        with pytest.raises(BadCredentials):
            tokens.caller(token)


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_the_public_key_is_no_shared_secret(issuer: LocalIssuer, algorithm: str) -> None:
    """The confusion attack: a token signed with HMAC, its secret the public key's own text."""
    public = issuer.keys[0]
    assert isinstance(public, RSAKey)
    hash_ = f"sha{algorithm[2:]}"
    for secret in (public.as_pem(private=False), public.as_der(private=False)):
        body = _unsigned({"alg": algorithm, "kid": "rsa-1"}, issuer.claims()).rstrip(".")
        token = f"{body}.{_part(hmac.digest(secret, body.encode(), hash_))}"
        with pytest.raises(BadCredentials, match="algorithm"):
            taking(issuer).caller(token)


def test_a_shared_key_among_the_published_ones(issuer: LocalIssuer) -> None:
    secret = OctKey.generate_key(256, {"kid": "shared"})
    issuer.keys.append(secret)
    token = signed(secret, "HS256", issuer.claims())
    with pytest.raises(BadCredentials):
        taking(issuer).caller(token)
    with pytest.raises(UsageError, match="HS256"):
        Issuer(issuer.address, (AUDIENCE,), algorithms=frozenset({"HS256"}))


def test_a_key_of_somebody_else(issuer: LocalIssuer) -> None:
    mallory = new_key("RSA", "rsa-1")
    with pytest.raises(BadCredentials, match="signature"):
        taking(issuer).caller(signed(mallory, "RS256", issuer.claims()))


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u"])
def test_a_key_that_the_token_brings_along(issuer: LocalIssuer, name: str) -> None:
    mallory = new_key("RSA", "mallory")
    told = mallory.as_dict(private=False) if name == "jwk" else f"{issuer.address}/evil"
    for kid in (None, "mallory", "rsa-1"):
        token = signed(mallory, "RS256", issuer.claims(), {name: told, "kid": kid})
        with pytest.raises(BadCredentials):
            taking(issuer).caller(token)
    assert "/evil" not in issuer.asked


def test_a_header_that_must_be_understood(issuer: LocalIssuer) -> None:
    key = issuer.keys[0]
    assert isinstance(key, RSAKey)
    for header in ({"crit": ["x"], "x": 1}, {"crit": ["b64"], "b64": False}, {"crit": "x"}):
        told = {"alg": "RS256", "kid": "rsa-1", **header}
        body = _unsigned(told, issuer.claims()).rstrip(".")
        signature = key.private_key.sign(body.encode(), PKCS1v15(), SHA256())
        with pytest.raises(BadCredentials):
            taking(issuer).caller(f"{body}.{_part(signature)}")


@pytest.mark.parametrize("type_", ["logout+jwt", "dpop+jwt", "secevent+jwt"])
def test_tokens_for_other_purposes(issuer: LocalIssuer, type_: str) -> None:
    token = signed(issuer.keys[0], "RS256", issuer.claims(), {"typ": type_})
    with pytest.raises(BadCredentials, match="type"):
        taking(issuer).caller(token)


def test_an_algorithm_that_is_not_allowed_here(issuer: LocalIssuer) -> None:
    tokens = taking(issuer, algorithms=frozenset({"ES256"}))
    with pytest.raises(BadCredentials, match="algorithm"):
        tokens.caller(issuer.token())
    assert tokens.caller(signed(issuer.keys[1], "ES256", issuer.claims()))


def test_a_key_of_another_type_under_the_same_id(issuer: LocalIssuer) -> None:
    token = signed(issuer.keys[1], "ES256", issuer.claims(), {"kid": "rsa-1"})
    with pytest.raises(BadCredentials):
        taking(issuer).caller(token)


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_weak_keys_and_keys_to_encrypt_are_left_out(issuer: LocalIssuer) -> None:
    weak = new_key("RSA", "weak", 1024)
    issuer.keys.append(weak)
    token = signed(weak, "RS256", issuer.claims())
    with pytest.raises(BadCredentials):
        taking(issuer).caller(token)


@pytest.mark.parametrize(
    "token",
    ["", "x", "a.b", "a.b.c", "....", "e30.e30.e30", "é.é.é", "a.b.c.d.e", "x" * 20_000, "\x00"],
)
def test_garbage(issuer: LocalIssuer, token: str) -> None:
    with pytest.raises(BadCredentials):
        taking(issuer).caller(token)
    assert issuer.asked == []


def test_claims_that_are_no_object(issuer: LocalIssuer) -> None:
    for claims in ([], "x", 1, None):
        with pytest.raises(BadCredentials):
            taking(issuer).caller(_unsigned({"alg": "RS256"}, claims, "AAAA"))


def test_new_keys_are_found(issuer: LocalIssuer, clock: Clock) -> None:
    tokens = taking(issuer, clock)
    assert tokens.caller(issuer.token())
    issuer.keys = [new_key("RSA", "rsa-2")]
    with pytest.raises(BadCredentials):
        tokens.caller(issuer.token())  # read just now
    clock.now += 31
    assert tokens.caller(issuer.token())
    assert issuer.asked.count("/keys") == 2


def test_unknown_keys_do_not_make_us_ask_all_the_time(issuer: LocalIssuer, clock: Clock) -> None:
    tokens = taking(issuer, clock)
    for number in range(20):
        token = signed(issuer.keys[0], "RS256", issuer.claims(), {"kid": f"made-up-{number}"})
        with pytest.raises(BadCredentials):
            tokens.caller(token)
    assert issuer.asked.count("/keys") == 1


def test_old_keys_end(issuer: LocalIssuer, clock: Clock) -> None:
    tokens = taking(issuer, clock)
    old = issuer.token()
    assert tokens.caller(old)
    issuer.keys = [new_key("RSA", "rsa-2")]
    clock.now += 3601
    with pytest.raises(BadCredentials):
        tokens.caller(old)


def test_an_issuer_that_is_down(issuer: LocalIssuer, clock: Clock) -> None:
    tokens = taking(issuer, clock)
    issuer.down = True
    with pytest.raises(IssuerDown):
        tokens.caller(issuer.token())
    issuer.down = False
    with pytest.raises(IssuerDown):
        tokens.caller(issuer.token())  # asked just now
    assert len(issuer.asked) == 1
    clock.now += 31
    assert tokens.caller(issuer.token())
    issuer.down = True
    clock.now += 7200
    assert tokens.caller(issuer.token()), "keys that were read hold for a day"
    unknown = signed(issuer.keys[0], "RS256", issuer.claims(), {"kid": "new"})
    with pytest.raises(IssuerDown):
        tokens.caller(unknown)
    clock.now += 24 * 3600
    with pytest.raises(IssuerDown):
        tokens.caller(issuer.token())


def test_nothing_is_fetched_for_a_token_of_another_issuer(issuer: LocalIssuer) -> None:
    with pytest.raises(BadCredentials):
        taking(issuer).caller(issuer.token(iss=issuer.address + "/"))
    assert issuer.asked == []


@pytest.mark.parametrize(
    "told",
    [
        {"issuer": "https://evil.example"},
        {"jwks_uri": "http://keys.example/keys"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": 7},
    ],
)
def test_discovery_that_leads_elsewhere(issuer: LocalIssuer, told: dict[str, Any]) -> None:
    issuer.discovery = told
    with pytest.raises(IssuerDown):
        taking(issuer).caller(issuer.token())


def test_keys_in_a_file(issuer: LocalIssuer, tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [issuer.keys[0].as_dict(private=False)]}))
    assert taking(issuer, jwks=str(file)).caller(issuer.token())
    assert issuer.asked == []


def test_groups_and_scopes_as_configured(issuer: LocalIssuer) -> None:
    tokens = taking(
        issuer,
        groups_claim="realm_access.roles",
        scopes_claim="scp",
        scopes={"graph.write": Scope.WRITE},
        group_scopes={"stewards": Scope.ADMIN},
        internal_groups=frozenset({"staff"}),
    )
    roles = {"roles": ["stewards", 7, None]}
    caller = tokens.caller(issuer.token(realm_access=roles, scp=["graph.write"], groups=["staff"]))
    assert caller.groups == {"stewards"}
    assert caller.scopes == {Scope.READ, Scope.WRITE, Scope.ADMIN}
    assert not caller.internal
    entitled = taking(issuer, groups_claim="eduperson_entitlement")
    urn = "urn:geant:example.org:group:beam#idp"
    assert entitled.caller(issuer.token(eduperson_entitlement=urn)).groups == {urn}


def test_a_group_of_one_issuer_is_not_that_of_another(issuer: LocalIssuer) -> None:
    tokens = taking(
        issuer,
        groups_prefix="partner:",
        group_scopes={"stewards": Scope.WRITE},
        internal_groups=frozenset({"stewards"}),
    )
    caller = tokens.caller(issuer.token(groups=["beam", "stewards"]))
    assert caller.groups == {"partner:beam", "partner:stewards"}
    assert Scope.WRITE in caller.scopes
    assert caller.internal


def test_two_issuers_are_told_apart(issuer: LocalIssuer) -> None:
    with issuing() as other:
        trusted = [Issuer(one.address, (AUDIENCE,)) for one in (issuer, other)]
        tokens = OidcTokens(map(IssuerKeys, trusted))
        first, second = (tokens.caller(one.token()) for one in (issuer, other))
        assert first.name != second.name
        assert first.owner != second.owner
        # what one issuer signs in the name of the other
        with pytest.raises(BadCredentials):
            tokens.caller(signed(issuer.keys[0], "RS256", other.claims()))


def test_from_the_environment(tmp_path: Path) -> None:
    config = tmp_path / "oidc.toml"
    config.write_text(
        """
[[issuer]]
issuer = "https://login.lab.example"
audience = ["kg", "graph"]
groups_claim = "eduperson_entitlement"
internal_groups = ["staff"]
groups_prefix = "lab:"
[issuer.group_scopes]
stewards = "write"
"""
    )
    first, second = issuers_from_environment(
        {
            "KG_OIDC_CONFIG": str(config),
            "KG_OIDC_ISSUER": "https://sso.example/realms/x",
            "KG_OIDC_AUDIENCE": "kg",
            "KG_OIDC_SCOPES": "graph-write=write, https://x.example/admin=admin",
        }
    )
    assert first.audience == ("kg", "graph")
    assert first.internal_groups == {"staff"}
    assert first.groups_prefix == "lab:"
    assert first.group_scopes == {"stewards": Scope.WRITE}
    assert second.scopes == {"graph-write": Scope.WRITE, "https://x.example/admin": Scope.ADMIN}
    assert second.internal_groups is None
    assert issuers_from_environment({}) == ()


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"KG_OIDC_ISSUER": "https://a.example"}, "audience"),
        ({"KG_OIDC_ISSUER": "http://a.example", "KG_OIDC_AUDIENCE": "kg"}, "https"),
        ({"KG_OIDC_ISSUER": "a.example", "KG_OIDC_AUDIENCE": "kg"}, "https"),
        (
            {
                "KG_OIDC_ISSUER": "https://a.example",
                "KG_OIDC_AUDIENCE": "kg",
                "KG_OIDC_ALGORITHMS": "RS256 none",
            },
            "none",
        ),
        (
            {
                "KG_OIDC_ISSUER": "https://a.example",
                "KG_OIDC_AUDIENCE": "kg",
                "KG_OIDC_SCOPES": "a=everything",
            },
            "everything",
        ),
        ({"KG_OIDC_CONFIG": "/nowhere.toml"}, "nowhere"),
    ],
)
def test_a_configuration_that_is_wrong(environment: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        issuers_from_environment(environment)
