"""Where things, sources and their descriptions are found in the service.

``home`` is what an address starts with: the path that the service is under, in pages and
headers; the base of its IRIs in documents that are read elsewhere.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode


def entity_address(base: str, home: str, iri: str) -> str:
    """The page of a thing: its own address where it has one here, else ``/entity?id=``.

    A fragment or a query never reaches the service as part of an IRI.
    """
    path = iri.removeprefix(base)
    if path.startswith("/source/") and path != iri and not set("?#") & set(path):
        return f"{home}{path}"
    return f"{home}/entity?{urlencode({'id': iri})}"


def entity_form(home: str, iri: str, form: str) -> str:
    """A description of a thing in a format, by the format's name."""
    return f"{home}/entity?{urlencode({'id': iri, 'format': form})}"


def source_address(home: str, source_id: str, form: str | None = None) -> str:
    """The page of a source, or its description in a format."""
    query = f"?{urlencode({'format': form})}" if form else ""
    return f"{home}/sources/{quote(source_id, safe='/~')}{query}"


def linkset_address(home: str, iri: str, form: str) -> str:
    """The link set of a thing or a source, as ``json`` or as ``text``."""
    return f"{home}/linkset?{urlencode({'id': iri, 'format': form})}"
