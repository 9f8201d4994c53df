"""A local OpenID Connect issuer: its keys, its addresses, and tokens that it signs."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

AUDIENCE = "kg-service"
_ALL = list(JWSRegistry.algorithms)
SigningKey = RSAKey | ECKey | OKPKey | OctKey


def new_key(kind: str, kid: str, size: int = 2048) -> SigningKey:
    """A key pair of a type: RSA, EC or OKP."""
    if kind == "RSA":
        return RSAKey.generate_key(size, {"kid": kid})
    if kind == "EC":
        return ECKey.generate_key("P-256", {"kid": kid})
    return OKPKey.generate_key("Ed25519", {"kid": kid})


def signed(
    key: SigningKey, algorithm: str, claims: dict[str, Any], header: dict[str, Any] | None = None
) -> str:
    """A token, signed as told, however unwise that is."""
    told = {"alg": algorithm, "kid": key.kid, **(header or {})}
    told = {name: value for name, value in told.items() if value is not None}
    registry = JWSRegistry(algorithms=_ALL, strict_check_header=False)
    registry.max_header_length = 20_000
    registry.max_payload_length = 1_000_000
    return jwt.encode(told, claims, key, algorithms=_ALL, registry=registry)


class LocalIssuer:
    """An issuer at an address of this machine; ``keys`` are those that it publishes now."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.keys: list[SigningKey] = [new_key("RSA", "rsa-1"), new_key("EC", "ec-1")]
        self.down = False
        self.asked: list[str] = []
        self.discovery: dict[str, Any] = {}

    def claims(self, **changed: Any) -> dict[str, Any]:
        """The claims of a good token, some changed; None leaves one out."""
        now = int(time.time())
        told = {
            "iss": self.address,
            "aud": AUDIENCE,
            "sub": "alice",
            "iat": now,
            "nbf": now,
            "exp": now + 300,
            **changed,
        }
        return {name: value for name, value in told.items() if value is not None}

    def token(self, **changed: Any) -> str:
        """A good token by its first key, some claims changed."""
        return signed(self.keys[0], "RS256", self.claims(**changed))

    def answer(self, path: str) -> tuple[int, Any]:
        self.asked.append(path)
        if self.down:
            return 500, {"error": "down"}
        if path == "/.well-known/openid-configuration":
            told = {"issuer": self.address, "jwks_uri": f"{self.address}/keys"}
            return 200, told | self.discovery
        if path == "/keys":
            return 200, {"keys": [key.as_dict(private=False) for key in self.keys]}
        return 404, {}


@contextmanager
def issuing() -> Iterator[LocalIssuer]:
    """A local issuer, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, told = issuer.answer(self.path)
            content = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer = LocalIssuer(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
