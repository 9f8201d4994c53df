"""Persistent identifiers in any spelling, recognised by ``idutils``, as one key each.

``https://doi.org/10.5/A``, ``doi:10.5/a`` and ``10.5/a`` give the same key. A key is a pair of
scheme and normal form. Schemes that a mere number or short name could be are left out.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import unquote, urlsplit

# schemes whose values are unmistakable on their own
_CERTAIN = (
    "doi", "orcid", "ror", "ark", "rrid", "biosample", "bioproject", "sra", "genome",
    "arrayexpress_experiment", "arrayexpress_array", "geo", "ensembl", "swh", "raid", "arxiv",
    "pmcid", "lsid",
)  # fmt: skip
_CASELESS = {"doi", "handle", "ror", "rrid", "igsn"}
# hosts whose addresses end in an accession number
_RESOLVERS = (
    "identifiers.org", "bioregistry.io", "n2t.net", "ebi.ac.uk", "ncbi.nlm.nih.gov",
    "ddbj.nig.ac.jp", "scicrunch.org", "igsn.org",
)  # fmt: skip
_IGSN_HANDLES = ("10273/", "10.273/", "10.58052/", "10.60510/")
_STATED = ("doi", "igsn", "hdl", "handle", "orcid", "ror", "rrid", "biosample")

Key = tuple[str, str]


@lru_cache(maxsize=65536)
def identifier_key(written: str) -> Key | None:
    """The key of a persistent identifier, or None where the text is not surely one."""
    text = written.strip()
    if not text or len(text) > 2048 or any(c.isspace() for c in text):
        return None
    if text.startswith(("http://", "https://")):
        return _from_address(text)
    if text.lower().startswith("urn:uuid:"):
        return "urn", text.lower()
    scheme, colon, rest = text.partition(":")
    if colon and rest and scheme.lower() in _STATED:
        return _stated(scheme.lower(), rest) or _bare(rest)
    return _bare(text)


def _from_address(address: str) -> Key | None:
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.")
    path = unquote(parts.path).strip("/")
    if "ark:" in path:
        return _bare(path[path.index("ark:") :])
    if host in ("doi.org", "dx.doi.org"):
        return _stated("doi", path)
    if host == "hdl.handle.net":
        return _stated("hdl", path)
    if host == "igsn.org" or host.endswith(".igsn.org"):
        return _stated("igsn", path)
    if host.endswith(_RESOLVERS):
        last = path.rpartition("/")[2]
        return _bare(last.rpartition(":")[2]) or identifier_key_of_curie(last)
    return _bare(address)


def identifier_key_of_curie(curie: str) -> Key | None:
    """The key of a compact identifier such as ``biosample:SAMEA1`` or ``ror:05cy4wa09``."""
    prefix, colon, rest = curie.partition(":")
    return _stated(prefix.lower(), rest) if colon and prefix.lower() in _STATED else None


def _stated(scheme: str, rest: str) -> Key | None:
    """The key of a value whose scheme its source states."""
    value = rest.strip().strip("/")
    if not value:
        return None
    if scheme in ("hdl", "handle", "doi", "igsn"):
        for prefix in _IGSN_HANDLES:
            if scheme != "doi" and value.lower().startswith(prefix):
                return "igsn", value[len(prefix) :].lower()
        if scheme == "igsn":
            return "igsn", value.lower()
        if "/" not in value:
            return None
        return ("doi" if scheme == "doi" or value.startswith("10.") else "handle"), value.lower()
    return _bare(value)


def _bare(text: str) -> Key | None:
    import idutils  # takes half a second, which commands without identifiers need not wait

    schemes = idutils.detect_identifier_schemes(text)
    for scheme in _CERTAIN:
        if scheme in schemes:
            value = str(idutils.normalize_pid(text, scheme))
            if scheme == "ark":
                value = value.replace("ark:/", "ark:")
            return scheme, value.lower() if scheme in _CASELESS else value
    prefix, slash, rest = text.partition("/")
    if "handle" in schemes and slash and rest and prefix.replace(".", "").isdigit():
        return "handle", text.lower()
    return None
