"""Whether a file is a kg-labid document: it says so."""

from __future__ import annotations

import re

from ingest.labid.form import FORMAT
from ingest.sniff import Sniff

_SAYS_SO = re.compile(rf'"format"\s*:\s*"{FORMAT}"')


def is_labid(sniff: Sniff) -> bool:
    """A JSON object whose ``format`` is ``kg-labid``, or one that was to be."""
    if sniff.json is None:
        return sniff.head.lstrip().startswith("{") and bool(_SAYS_SO.search(sniff.head))
    return isinstance(sniff.json, dict) and sniff.json.get("format") == FORMAT
