"""Keys from where things are kept: an address of the web, or a path at one facility."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote, urlsplit

from kg_service.identity.evidence import Key

_WEB = {"http": "web", "https": "web"}
_LOCAL = ("", "file")


def location_keys(written: str, facilities: frozenset[str]) -> list[Key]:
    """The keys of a location: one for an address, one for each name of a path's facility.

    An address (``https:``, ``s3:``, ``ftp:`` ...) is the same everywhere. A path means nothing
    without its facility, and only an absolute one that leads below a top-level folder is told
    apart from the paths that everybody has. Trivial locations and anything else give no key.
    """
    text = written.strip()
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        port = parts.port
    except ValueError:
        return []
    scheme = parts.scheme.lower()
    if len(scheme) == 1:  # a drive letter
        scheme, path = "", text.replace("\\", "/")
    elif scheme in _LOCAL:
        path = unquote(parts.path) if scheme else text.replace("\\", "/")
    else:
        return _address(scheme, host, port, parts.path, parts.query, parts.fragment)
    return [("path", f"{name} {path_}") for name in sorted(facilities) if (path_ := _path(path))]


def _address(
    scheme: str, host: str, port: int | None, path: str, query: str, fragment: str
) -> list[Key]:
    if not host or host in ("localhost", "127.0.0.1", "::1") or not path.strip("/"):
        return []  # of this machine only, or a site's front page
    if port is not None and port not in (80, 443):
        host = f"{host}:{port}"
    rest = posixpath.normpath("/" + unquote(path).lstrip("/"))
    rest += f"?{query}" if query else ""
    rest += f"#{fragment}" if fragment else ""
    return [(_WEB.get(scheme, scheme), f"{host}{rest}")]


def _path(path: str) -> str | None:
    drive, colon, below = path.partition(":")
    if colon and len(drive) == 1:
        path = below
    if not path.startswith("/"):
        return None
    normal = "/" + posixpath.normpath(path).lstrip("/")
    if normal.count("/") < 2 or "/.." in normal:
        return None
    return f"{drive.lower()}:{normal}" if colon and len(drive) == 1 else normal
