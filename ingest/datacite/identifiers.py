"""The IRI that names a thing, from an identifier and what type of identifier it is said to be.

DataCite Metadata Schema 4.7, appendix 1.4 (relatedIdentifierType). A DOI in any spelling is
``https://doi.org/`` and the DOI in lower case, as DOIs are compared without case.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from ingest.iri import has_scheme, is_valid_reference, valid_reference

_DOI = re.compile(
    r"(?P<address>(?:https?://)?(?:dx\.|www\.)?doi\.org/)?(?:(?:info:)?doi[:/]\s*)?"
    r"(?P<doi>10\.\d{4,9}[.\d]*(?:/|%2F).+)",
    re.IGNORECASE,
)
_ORCID = re.compile(
    r"(?:https?://)?(?:www\.)?(?:orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])/?", re.IGNORECASE
)
_ROR = re.compile(
    r"(?:(?:https?://)?(?:www\.)?ror\.org/)?(0[a-hj-km-np-tv-z0-9]{6}\d{2})/?", re.IGNORECASE
)
_SAFE = "/:;()._-~!*'@&=+$,"

# addresses that answer for identifiers of a type; what a value may start with is left out
_RESOLVERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "handle": ("https://hdl.handle.net/", ("hdl:", "hdl.handle.net/", "handle:")),
    "ark": ("https://n2t.net/", ("n2t.net/",)),
    "arxiv": ("https://arxiv.org/abs/", ("arxiv:", "arxiv.org/abs/")),
    "pmid": ("https://pubmed.ncbi.nlm.nih.gov/", ("pmid:", "pubmed.ncbi.nlm.nih.gov/")),
    "pmcid": ("https://www.ncbi.nlm.nih.gov/pmc/articles/", ("pmcid:",)),
    "bibcode": ("https://ui.adsabs.harvard.edu/abs/", ()),
    "rrid": ("https://scicrunch.org/resolver/", ()),
    "isni": ("https://isni.org/isni/", ("isni:", "isni.org/isni/")),
    "igsn": ("https://igsn.org/", ("igsn:", "igsn.org/")),
    "swhid": ("https://archive.softwareheritage.org/", ()),
    "w3id": ("https://w3id.org/", ("w3id:", "w3id.org/")),
    "wikidata": ("http://www.wikidata.org/entity/", ("wikidata:", "wd:")),
    "purl": ("http://purl.org/", ("purl:", "purl.org/")),
}
_URNS = {
    "isbn": "isbn", "issn": "issn", "eissn": "issn", "lissn": "issn", "pissn": "issn",
    "nbn": "nbn", "uuid": "uuid",
}  # fmt: skip
_NUMBERED = {"isbn", "issn"}
_NO_IRI = {"ean13", "upc", "istc", "wos", "cstr", "local"}


def doi_of(text: str) -> str | None:
    """The DOI in a text that is one in any spelling: no prefix, lower case."""
    found = _DOI.fullmatch(text.strip())
    if found is None:
        return None
    # only an address is encoded; a percent sign of a DOI itself stands for itself
    return (unquote(found["doi"]) if found["address"] else found["doi"]).strip().lower()


def doi_iri(doi: str) -> str:
    """The address of a DOI (DOI Handbook, section 3.6)."""
    return f"https://doi.org/{quote(doi, safe=_SAFE)}"


def iri_of(identifier: str, kind: str = "") -> str | None:
    """The IRI that an identifier of a type stands for; None where it has none.

    ``kind`` is the type as the record writes it, empty where it tells none.
    """
    text, name = identifier.strip(), re.sub(r"[^a-z0-9]", "", kind.lower())
    if not text:
        return None
    doi = doi_of(text)
    if doi is not None and name in (
        "",
        "doi",
        "igsn",
        "url",
        "handle",
        "other",
        "raid",
        "crossreffunderid",
    ):
        return doi_iri(doi)
    if name == "orcid" or (not name and "orcid.org/" in text):
        return orcid_iri(text)
    if name == "ror" or (not name and "ror.org/" in text):
        return ror_iri(text)
    if name in _RESOLVERS and "://" not in text:
        return _resolved(text, name)
    if text.startswith(("http://", "https://", "urn:", "URN:", "ftp://", "sftp://", "info:")):
        return valid_reference(text)
    if name == "igsn":
        return _resolved(text.partition("://")[2], name)
    if name in _URNS:
        number = re.sub(r"^(?:urn:)?(?:isbn|issn|nbn|uuid)[:\s]*", "", text, flags=re.IGNORECASE)
        if _URNS[name] in _NUMBERED:
            number = re.sub(r"[\s\u2010-\u2015]", "-", number.strip())
        return _valid(f"urn:{_URNS[name]}:{quote(number, safe=':-')}")
    if name == "lsid" and text.lower().startswith("urn:"):
        return _valid(text)
    if name in _NO_IRI or not name:
        return None
    return _valid(text) if has_scheme(text) and "/" in text else None


def orcid_iri(text: str) -> str | None:
    """The IRI of an ORCID iD in any spelling."""
    found = _ORCID.fullmatch(text.strip())
    return f"https://orcid.org/{found[1].upper()}" if found else None


def ror_iri(text: str) -> str | None:
    """The IRI of a ROR id in any spelling."""
    found = _ROR.fullmatch(text.strip())
    return f"https://ror.org/{found[1].lower()}" if found else None


def _resolved(text: str, name: str) -> str | None:
    address, starts = _RESOLVERS[name]
    for start in starts:
        if text.lower().startswith(start):
            text = text[len(start) :]
    text = text.strip().lstrip("/")
    if not text:
        return None
    if name == "igsn" and "/" in text:
        return f"https://hdl.handle.net/{quote(text, safe=_SAFE)}"
    if name == "isni":
        text = text.replace(" ", "")
    return address + quote(text, safe=_SAFE)


def _valid(iri: str) -> str | None:
    return iri if is_valid_reference(iri) else None
