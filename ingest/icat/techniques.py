"""Techniques that ESRF keeps in dataset parameters: terms of ESRFET, by name and by IRI.

``definition`` holds names (``XRF XANES``), ``technique_pid`` the IRIs. A name is a term of
ESRFET as the package esrf-ontologies lists them; the statement says so and nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pyoxigraph import NamedNode

from ingest.findings import Findings
from ingest.iri import valid_reference

_SEPARATORS = re.compile(r"[\s,;]+")
_UNTOLD = {"", "unknown", "none", "na", "n/a"}


@dataclass(frozen=True, slots=True)
class NamedTechnique:
    """A technique that a dataset's parameter ``property`` names. ``name`` is as written."""

    property: str
    node: NamedNode
    name: str | None


def techniques_in(
    parameter: str, text: str, where: str, findings: Findings
) -> Iterator[NamedTechnique]:
    """The techniques that a dataset's parameter spells; none for other parameters."""
    if parameter == "technique_pid":
        for address in text.split():
            if address.startswith(("http://", "https://")):
                yield NamedTechnique(parameter, NamedNode(valid_reference(address)), None)
            elif address.lower() not in _UNTOLD:
                findings.warned("unknown-technique", where, f"{address!r} in {parameter}")
    elif parameter == "definition":
        for name in _SEPARATORS.split(text.strip()):
            iri = _by_name().get(name.lower())
            if iri is not None:
                yield NamedTechnique(parameter, NamedNode(valid_reference(iri)), name)
            elif name.lower() not in _UNTOLD:
                findings.warned("unknown-technique", where, f"{name!r} in {parameter}")


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    from esrf_ontologies.technique import get_all_techniques  # only ESRF's data need it

    found: dict[str, str] = {}
    for technique in get_all_techniques():
        for name in technique.names:
            found.setdefault(str(name).lower(), str(technique.iri))
    return found
