"""Qualified names for IRIs, as PROV-N, PROV-JSON and PROV-XML write them.

A namespace ends where the last part of the IRI begins, so that local names are short and hold
no colon, which some readers refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.prov.model import PROV, XSD
from kg_service.terms import PREFIXES

_LAST = re.compile(r"^(?P<namespace>.*[/#:?=])(?P<local>[^/#:?=]+[/#:?=]*)$", re.DOTALL)


class Names:
    """Prefixes for a set of IRIs, the same for the same set."""

    def __init__(self, iris: Iterable[str]) -> None:
        self.prefixes: dict[str, str] = {"prov": PROV, "xsd": XSD}
        self._prefix_of: dict[str, str] = {}
        well_known = {namespace: prefix for prefix, namespace in PREFIXES.items()}
        for iri in sorted(set(iris)):
            namespace, _local = split(iri)
            if namespace in self._prefix_of:
                continue
            prefix = well_known.get(namespace) or self._new()
            self._prefix_of[namespace] = prefix
            self.prefixes[prefix] = namespace

    def parts(self, iri: str) -> tuple[str, str]:
        """Prefix and local name."""
        namespace, local = split(iri)
        return self._prefix_of[namespace], local

    def short(self, iri: str) -> str:
        """``prefix:local``, as it stands."""
        return ":".join(self.parts(iri))

    def _new(self) -> str:
        return f"n{sum(p[1:].isdigit() for p in self.prefixes) + 1}"


def split(iri: str) -> tuple[str, str]:
    """Namespace and local name of an IRI; the local name keeps a slash at its end."""
    known = next((ns for ns in PREFIXES.values() if iri.startswith(ns) and iri != ns), None)
    if known is not None and not re.search(r"[/#:?=]", iri[len(known) :]):
        return known, iri[len(known) :]
    match = _LAST.match(iri)
    return (match["namespace"], match["local"]) if match else ("", iri)
