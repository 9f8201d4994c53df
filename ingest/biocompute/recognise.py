"""Whether a file holds BioCompute Objects."""

from __future__ import annotations

import re

from ingest.biocompute.objects import BioComputeObject, objects_of
from ingest.sniff import Sniff

_SAMPLE = 2000
# in a file that is no valid JSON, these still tell what it was meant to be
_MARKS = re.compile(
    r'"(provenance_domain|usability_domain|description_domain|execution_domain|io_domain|'
    r"parametric_domain|bco_spec_version|bco_id)\"\s*:"
)
_SPECIFICATION = re.compile(r"w3id\.org/(?:ieee/ieee-2791-schema|biocompute/)")


def is_biocompute(sniff: Sniff) -> bool:
    """An object with at least two of the standard's domains, or a list that holds one."""
    start = sniff.head.lstrip("\ufeff \t\r\n")
    if not start.startswith(("{", "[")):
        return False
    if sniff.json is None:
        found = set(_MARKS.findall(sniff.head))
        return len(found) >= 2 or (bool(found) and bool(_SPECIFICATION.search(sniff.head)))
    value = sniff.json[:_SAMPLE] if isinstance(sniff.json, list) else sniff.json
    return any(isinstance(found, BioComputeObject) for found in objects_of(value))
