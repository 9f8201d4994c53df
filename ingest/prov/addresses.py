"""References made absolute, against a base of any scheme, and valid."""

from __future__ import annotations

from urllib.parse import urljoin

from ingest.iri import has_scheme, is_valid_reference, segment, valid_reference


def resolve(base: str, reference: str) -> str:
    """A reference resolved against a base of any scheme, ``arcp:`` included (RFC 3986)."""
    if has_scheme(reference):
        return reference
    scheme, _, rest = base.partition(":")
    try:
        return scheme + urljoin(f"http:{rest}", reference).removeprefix("http")
    except ValueError:  # what looks like a host and is none
        return base + segment(reference)


def absolute(base: str, iri: str) -> str:
    """The nearest valid absolute IRI: percent-encoded where needed, resolved where relative."""
    fixed = iri if is_valid_reference(iri) else valid_reference(iri)
    whole = resolve(base, fixed)
    return whole if is_valid_reference(whole) else base + segment(iri)
