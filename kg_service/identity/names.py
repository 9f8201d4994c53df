"""Keys from names: no evidence that two things are the same, but a reason to ask a steward."""

from __future__ import annotations

import unicodedata

from kg_service.identity.evidence import Key
from kg_service.identity.kinds import Kind

_SHORTEST = 3


def name_key(written: str, kind: Kind) -> Key | None:
    """The key of a material's or dataset's name, alike for ``Leaf_01`` and ``leaf 01``.

    None for things of other kinds, and for names too short to tell anything.
    """
    if Kind.MATERIAL in kind:
        word = "material"
    elif Kind.DATASET in kind:
        word = "dataset"
    else:
        return None
    text = unicodedata.normalize("NFKC", written).casefold()
    normal = " ".join(text.replace("_", " ").replace("-", " ").split())
    return ("name", f"{word} {normal}") if len(normal) >= _SHORTEST else None
