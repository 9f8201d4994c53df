"""Persistent identifiers in any spelling, recognised by ``idutils``, as one key each.

``https://doi.org/10.5/A``, ``doi:10.5/a`` and ``10.5/a`` give the same key. A key is a pair of
scheme and normal form. Schemes that a mere number or short name could be are left out.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from kg_service.identity.evidence import Key

if TYPE_CHECKING:
    from collections.abc import Callable

# accession numbers of the archives for life-science data
ACCESSIONS = frozenset(
    {
        "biosample", "bioproject", "sra", "genome", "arrayexpress_experiment",
        "arrayexpress_array", "geo", "ensembl",
    }
)  # fmt: skip
# schemes whose values are unmistakable on their own, the most telling first
_CERTAIN = (
    "doi", "orcid", "ark", "rrid", "biosample", "bioproject", "sra", "genome",
    "arrayexpress_experiment", "arrayexpress_array", "geo", "ensembl", "swh", "raid", "arxiv",
    "pmcid", "lsid", "handle",
)  # fmt: skip
# a bare "GSM1" is more likely a laboratory's own name than the archive's first record
_DIGITS_OF_ACCESSION = 4
_CASELESS = {"doi", "handle", "ror", "rrid", "igsn", "raid"}
# hosts whose addresses end in an accession number
_RESOLVERS = (
    "identifiers.org", "bioregistry.io", "n2t.net", "ebi.ac.uk", "ncbi.nlm.nih.gov",
    "ddbj.nig.ac.jp", "scicrunch.org",
)  # fmt: skip
# hosts whose addresses idutils itself recognises
_RECOGNISED_HOSTS = {"orcid.org", "ror.org", "raid.org"}
_KNOWN_HOSTS = {
    *_RECOGNISED_HOSTS, "doi.org", "dx.doi.org", "hdl.handle.net", "arxiv.org",
    "archive.softwareheritage.org",
}  # fmt: skip
# schemes of which a bare value could be another name or number
_NEED_PREFIX = ("rrid", "arxiv")
_IGSN_HANDLES = ("10273/", "10.273/", "10.58052/", "10.60510/")
_STATED = ("doi", "igsn", "hdl", "handle", "orcid", "ror", "rrid", "biosample")


@lru_cache(maxsize=65536)
def identifier_key(written: str) -> Key | None:
    """The key of a persistent identifier, or None where the text is not surely one."""
    text = written.strip()
    scheme, colon, rest = text.partition(":")
    is_stated = bool(colon and rest) and scheme.lower() in _STATED
    if is_stated:  # as people write it: DOI: 10.5072/x
        text = f"{scheme}:{rest.strip()}"
    if not text or len(text) > 2048 or len(text.split()) > 1:
        return None
    if text.startswith(("http://", "https://")):
        return _from_address(text)
    if text.lower().startswith("urn:uuid:"):
        return "urn", text.lower()
    if is_stated:
        return _stated(scheme.lower(), rest)
    key = _bare(text)
    if key and key[0] in ACCESSIONS and sum(c.isdigit() for c in text) < _DIGITS_OF_ACCESSION:
        return None
    return key


def iri_key(iri: str) -> Key | None:
    """The key of a node's own IRI; quick where its host resolves no identifiers."""
    if iri.startswith(("http://", "https://")) and "ark:" not in iri:
        host = iri.split("/", 3)[2]
        if not _resolves(host):
            return None
    return identifier_key(iri)


@lru_cache(maxsize=1024)
def _resolves(host: str) -> bool:
    host = host.rpartition("@")[2].partition(":")[0].lower().removeprefix("www.")
    return host in _KNOWN_HOSTS or any(_is_at(host, r) for r in (*_RESOLVERS, "igsn.org"))


def _from_address(address: str) -> Key | None:
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None  # no address after all, such as http://[x
    path = unquote(parts.path).strip("/")
    if "ark:" in path:
        return _bare(path[path.index("ark:") :])
    if host in ("doi.org", "dx.doi.org"):
        return _stated("doi", path)
    if host == "hdl.handle.net":
        return _stated("hdl", path)
    if host == "arxiv.org":
        return _of_scheme("arxiv", path.rpartition("/")[2])
    if host == "archive.softwareheritage.org":
        return _of_scheme("swh", path)
    if _is_at(host, "igsn.org"):
        return _stated("igsn", path)
    if any(_is_at(host, resolver) for resolver in _RESOLVERS):
        (last, *_) = parse_qs(parts.query).get("acc") or [path.rpartition("/")[2]]
        return identifier_key_of_curie(last) or _bare(last.rpartition(":")[2])
    return _bare(address) if host in _RECOGNISED_HOSTS else None


def _is_at(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


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
        if igsn := _igsn(value):
            return igsn
        if scheme == "igsn":
            return "igsn", value.lower()
        if "/" not in value:
            return None
        return ("doi" if scheme == "doi" or value.startswith("10.") else "handle"), value.lower()
    if scheme == "rrid":
        return _of_scheme("rrid", f"RRID:{value}")
    # nine letters and digits are a ROR id only where they are said to be one
    return _of_scheme("ror", value) if scheme == "ror" else _bare(value)


def _igsn(handle: str) -> Key | None:
    """The sample number in a handle or DOI that is one of IGSN's."""
    for prefix in _IGSN_HANDLES:
        if handle.lower().startswith(prefix):
            return "igsn", handle[len(prefix) :].lower()
    return None


def _bare(text: str) -> Key | None:
    for scheme in _CERTAIN:
        if scheme in _NEED_PREFIX and not text.lower().startswith(f"{scheme}:"):
            continue
        if key := _of_scheme(scheme, text):
            return key
    return _of_scheme("ror", text) if text.startswith("http") else None


def _of_scheme(scheme: str, text: str) -> Key | None:
    import idutils

    if not _validators()[scheme](text):
        return None
    if scheme == "handle":
        return ("handle", text.lower()) if _is_bare_handle(text) else None
    value = str(idutils.normalize_pid(text, scheme))
    if scheme == "doi":
        return _igsn(value) or ("doi", value.lower())
    if scheme == "ark":
        value = value.replace("ark:/", "ark:")
    if scheme == "rrid":
        value = value[len("RRID:") :]
    return scheme, value.lower() if scheme in _CASELESS else value


def _is_bare_handle(text: str) -> bool:
    """Any path is a handle to idutils; alone, only one with a prefix like 20.500 is taken."""
    prefix, slash, rest = text.partition("/")
    first, dot, second = prefix.partition(".")
    return bool(slash and rest and dot) and first.isdigit() and len(first) == 2 and len(second) > 1


@cache
def _validators() -> dict[str, Callable[[str], object]]:
    # takes half a second to import, which commands without identifiers need not wait
    from idutils.schemes import IDUTILS_PID_SCHEMES

    return dict(IDUTILS_PID_SCHEMES)
