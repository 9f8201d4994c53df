"""Where a SPARQL 1.1 server takes queries and updates, and how one shows who one is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit, urlunsplit

from kg_service.errors import UsageError

PREFIX = "sparql+"
DEFAULT_TIMEOUT_S = 300
ENGINES = ("auto", "standard", "virtuoso")
SCHEMES = ("basic", "digest")
READERS = ("auto", "server", "replica")
_OPTIONS = ("query", "update", "graphs", "timeout", "engine", "auth")


def is_remote(address: str) -> bool:
    """Whether a store's address names a server."""
    return address.startswith((f"{PREFIX}http://", f"{PREFIX}https://"))


def shown(address: str) -> str:
    """A store's address as it may be shown: without the user and password it may hold."""
    if not is_remote(address):
        return address
    parts = urlsplit(address.removeprefix(PREFIX))
    place = parts.netloc.rpartition("@")[2]
    return PREFIX + urlunsplit((parts.scheme, place, parts.path, parts.query, ""))


@dataclass(frozen=True)
class Credentials:
    """A user's password, or a bearer token. ``scheme`` is empty where the engine knows it."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    scheme: str = ""


@dataclass(frozen=True)
class ServerSettings:
    """What the environment says of a server; it counts before what the address says."""

    query: str = ""
    update: str = ""
    graphs: str = ""
    engine: str = ""
    read: str = ""
    credentials: Credentials = Credentials()

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> ServerSettings:
        """Read ``KG_STORE_QUERY``, ``_UPDATE``, ``_GRAPHS``, ``_ENGINE``, ``_READ``,
        ``_USER``, ``_PASSWORD``, ``_TOKEN`` and ``_AUTH``.

        A password and a token may also be in a file, named by ``KG_STORE_PASSWORD_FILE`` and
        ``KG_STORE_TOKEN_FILE``. Raises UsageError where it can not be read.
        """
        return cls(
            query=env.get("KG_STORE_QUERY", ""),
            update=env.get("KG_STORE_UPDATE", ""),
            graphs=env.get("KG_STORE_GRAPHS", ""),
            engine=_one_of("KG_STORE_ENGINE", env.get("KG_STORE_ENGINE", ""), ENGINES),
            read=_one_of("KG_STORE_READ", env.get("KG_STORE_READ", ""), READERS),
            credentials=Credentials(
                user=env.get("KG_STORE_USER", ""),
                password=secret(env, "KG_STORE_PASSWORD"),
                token=secret(env, "KG_STORE_TOKEN"),
                scheme=_one_of("KG_STORE_AUTH", env.get("KG_STORE_AUTH", ""), SCHEMES),
            ),
        )


def secret(env: Mapping[str, str], name: str) -> str:
    """A secret of the environment, or of the file that ``NAME_FILE`` names; empty for none."""
    path = env.get(f"{name}_FILE")
    if not path:
        return env.get(name, "")
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{name}_FILE: {path} can not be read ({error})") from error


def _one_of(name: str, given: str, known: tuple[str, ...]) -> str:
    if given and given not in known:
        raise UsageError(f"{name}: {given!r} is none of {', '.join(known)}")
    return given


@dataclass(frozen=True)
class Address:
    """A server's addresses. ``graphs`` is that of its Graph Store Protocol, empty for none.

    ``name`` is for messages and has no secrets. Timeouts are in seconds.
    """

    name: str
    query_url: str
    update_url: str
    graphs_url: str = ""
    engine: str = "auto"
    timeout: int = DEFAULT_TIMEOUT_S
    credentials: Credentials = Credentials()

    @classmethod
    def read(cls, address: str, settings: ServerSettings | None = None) -> Address:
        """Read ``sparql+http://[user:password@]host[:port][/path][?option=...]``.

        Options are ``query``, ``update`` and ``graphs`` (paths below the address, absolute
        paths, or whole addresses), ``timeout``, ``engine`` and ``auth``. Without them queries go
        to ``query`` and updates to ``update``, as Oxigraph's server has it; for Virtuoso to
        ``sparql-auth`` where there is a user, else to ``sparql``. Raises UsageError.
        """
        told = settings or ServerSettings()
        if not is_remote(address):
            raise UsageError(f"{shown(address)}: a server's address starts with {PREFIX}http://")
        parts = urlsplit(address.removeprefix(PREFIX))
        name = shown(address)
        try:
            port = parts.port
        except ValueError as error:
            raise UsageError(f"{name}: the port is no number") from error
        if not parts.hostname:
            raise UsageError(f"{name}: names no host")
        options = dict(parse_qsl(parts.query))
        if unknown := sorted(options.keys() - set(_OPTIONS)):
            raise UsageError(
                f"{name}: {unknown[0]!r} is no option; there are {', '.join(_OPTIONS)}"
            )
        if not options.get("timeout", "1").isdigit():
            raise UsageError(f"{name}: timeout must be whole seconds")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        place = host if port is None else f"{host}:{port}"
        root = urlunsplit((parts.scheme, place, parts.path.rstrip("/") + "/", "", ""))
        own = told.credentials
        credentials = Credentials(
            user=own.user or unquote(parts.username or ""),
            password=own.password or unquote(parts.password or ""),
            token=own.token,
            scheme=own.scheme or _one_of(name, options.get("auth", ""), SCHEMES),
        )
        engine = told.engine or _one_of(name, options.get("engine", ""), ENGINES) or "auto"
        query, update = "query", "update"
        if engine == "virtuoso":
            query = update = "sparql-auth" if credentials.user else "sparql"
        graphs = told.graphs or options.get("graphs", "")
        return cls(
            name=root.rstrip("/"),
            query_url=urljoin(root, told.query or options.get("query", query)),
            update_url=urljoin(root, told.update or options.get("update", update)),
            graphs_url=urljoin(root, graphs) if graphs else "",
            engine=engine,
            timeout=int(options.get("timeout", DEFAULT_TIMEOUT_S)),
            credentials=credentials,
        )
