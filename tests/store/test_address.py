"""Addresses and credentials of servers, from the address and the environment."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from kg_service.errors import StoreError, UsageError
from kg_service.settings import Settings
from kg_service.store.address import Address, ServerSettings, shown
from kg_service.store.endpoint import Endpoint


def test_a_password_stays_out_of_what_is_shown() -> None:
    address = "sparql+http://me:s%40cret@h:1/x?engine=standard"
    read = Address.read(address)
    assert (read.credentials.user, read.credentials.password) == ("me", "s@cret")
    assert read.name == "http://h:1/x"
    assert shown(address) == "sparql+http://h:1/x?engine=standard"
    settings = Settings.from_environment(env={"KG_STORE_PASSWORD": "s@cret", "KG_STORE": "s"})
    assert "cret" not in repr(read) + read.name + shown(address) + repr(settings)


def test_the_environment_counts_before_the_address(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("from a file\n")
    told = ServerSettings.from_environment(
        {
            "KG_STORE_USER": "kg",
            "KG_STORE_PASSWORD_FILE": str(tmp_path / "password"),
            "KG_STORE_QUERY": "/repositories/kg",
            "KG_STORE_UPDATE": "http://writer:9/statements",
            "KG_STORE_GRAPHS": "rdf-graphs/service",
            "KG_STORE_AUTH": "digest",
        }
    )
    read = Address.read("sparql+https://me:other@h/root?query=/x", told)
    assert read.query_url == "https://h/repositories/kg"
    assert read.update_url == "http://writer:9/statements"
    assert read.graphs_url == "https://h/root/rdf-graphs/service"
    assert (read.credentials.user, read.credentials.password) == ("kg", "from a file")
    assert read.credentials.scheme == "digest"


@pytest.mark.parametrize(
    ("address", "paths"),
    [
        ("sparql+http://u:p@h:8890?engine=virtuoso", ("/sparql-auth", "/sparql-auth")),
        ("sparql+http://h:8890?engine=virtuoso", ("/sparql", "/sparql")),
        (
            "sparql+http://h:8890/v?engine=virtuoso&query=sparql-oauth",
            ("/v/sparql-oauth", "/v/sparql"),
        ),
    ],
)
def test_virtuoso_has_paths_of_its_own(address: str, paths: tuple[str, str]) -> None:
    read = Address.read(address)
    root = "http://h:8890"
    assert (read.query_url, read.update_url) == (root + paths[0], root + paths[1])


@pytest.mark.parametrize(
    "env",
    [
        {"KG_STORE_PASSWORD_FILE": "/nowhere/at/all"},
        {"KG_STORE_ENGINE": "unknown"},
        {"KG_STORE_AUTH": "ntlm"},
    ],
)
def test_settings_that_make_no_sense(env: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=next(iter(env))):
        ServerSettings.from_environment(env)


class _Asked(BaseHTTPRequestHandler):
    """Notes the headers it is sent; sends others on to another host."""

    heard: list[str | None]

    def do_POST(self) -> None:
        self.heard.append(self.headers["Authorization"])
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/moved":
            self.send_response(307)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.end_headers()
            return
        body = b'{"head": {}, "boolean": true}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        return


@pytest.fixture
def listening() -> Iterator[tuple[int, list[str | None]]]:
    heard: list[str | None] = []
    handler = type("Asked", (_Asked,), {"heard": heard})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, heard
        server.shutdown()


def test_a_token_is_sent_and_follows_no_redirect(
    listening: tuple[int, list[str | None]], tmp_path: Path
) -> None:
    port, heard = listening
    (tmp_path / "token").write_text("t0ken")
    told = ServerSettings.from_environment({"KG_STORE_TOKEN_FILE": str(tmp_path / "token")})
    Endpoint.from_address(f"sparql+http://127.0.0.1:{port}", told).ask("ASK {}", "*/*")
    assert heard == ["Bearer t0ken"]
    moved = Endpoint.from_address(f"sparql+http://127.0.0.1:{port}?query=moved", told)
    with pytest.raises(StoreError, match=r"has moved to http://127.0.0.1:9") as error:
        moved.ask("ASK {}", "*/*")
    assert "t0ken" not in str(error.value)


def test_a_user_is_sent_basic_credentials(listening: tuple[int, list[str | None]]) -> None:
    port, heard = listening
    Endpoint.from_address(f"sparql+http://u:p@127.0.0.1:{port}").update("CLEAR ALL")
    assert heard == ["Basic dTpw"]
