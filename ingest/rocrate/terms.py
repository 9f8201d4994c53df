"""The project's own table of what RO-Crate contexts define, and the contexts made from it.

No context is ever fetched. ``core_terms.tsv`` tells for each term of the RO-Crate contexts
its IRI (``http://schema.org/<term>`` where the column is empty) and the versions it holds
for; ``extension_terms.tsv`` does the same for the term sets under ``https://w3id.org/ro/terms/``;
``undefined_terms.tsv`` gives the conventional IRI of terms that crates use without defining.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files

SCHEMA = "http://schema.org/"
UNDEFINED = "https://w3id.org/kg-service/undefined#"

_VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4-DRAFT")
_NEWEST_STABLE = "1.3"
_CORE_URL = re.compile(
    r"https?://(?:www\.)?(?:w3id\.org/ro/crate"
    r"|researchobject\.github\.io/ro-crate(?:/specification)?"
    r"|raw\.githubusercontent\.com/ResearchObject/ro-crate/master/docs)"
    r"/(?P<version>[0-9]+(?:\.[0-9]+)+)(?:-(?P<draft>DRAFT))?(?:/context)?(?:\.jsonld|\.json)?/?"
)
_EXTENSION_URL = re.compile(
    r"https?://w3id\.org/ro/terms/(?P<name>[a-z\-]+)(?:/context)?(?:\.jsonld|\.json)?[#/]?"
)
_SCHEMA_URL = re.compile(r"https?://(?:www\.)?schema\.org(?:/docs/jsonldcontext\.jsonld?)?/?")

Context = dict[str, str]


def _rows(name: str) -> list[dict[str, str]]:
    text = files("ingest.rocrate").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", restval=""))


@cache
def core_context(version: str) -> Context:
    """Term to IRI of one RO-Crate version."""
    at = _VERSIONS.index(version)
    context = {}
    for row in _rows("core_terms.tsv"):
        since = _VERSIONS.index(row["since"])
        until = _VERSIONS.index(row["until"]) if row["until"] else len(_VERSIONS)
        if since <= at <= until:
            context[row["term"]] = row["iri"] or SCHEMA + row["term"]
    return context


@cache
def extension_contexts() -> dict[str, Context]:
    """The term sets of ``https://w3id.org/ro/terms/``, by name."""
    contexts: dict[str, Context] = {}
    for row in _rows("extension_terms.tsv"):
        contexts.setdefault(row["context"], {})[row["term"]] = row["iri"]
    return contexts


@cache
def _conventional_iris() -> Context:
    return {row["term"]: row["iri"] for row in _rows("undefined_terms.tsv")}


def context_for(url: str) -> tuple[Context | None, str]:
    """The context that a URL in ``@context`` stands for, and a remark where it is a near miss.

    A version that was never published (0.x, a typo) reads as the nearest one that was.
    """
    if match := _CORE_URL.fullmatch(url.strip()):
        version = match["version"] + ("-DRAFT" if match["draft"] else "")
        if version in _VERSIONS:
            return core_context(version), ""
        nearest = _nearest(match["version"])
        published = match["draft"] and match["version"] == nearest
        remark = "" if published else f"no context of version {version}, read as {nearest}"
        return core_context(nearest), remark
    if match := _EXTENSION_URL.fullmatch(url.strip()):
        return extension_contexts().get(match["name"]), ""
    if _SCHEMA_URL.fullmatch(url.strip()):
        return _schema_only(), ""
    return None, ""


def _nearest(version: str) -> str:
    numbers = ".".join(version.split(".")[:2])
    if numbers in _VERSIONS:
        return numbers
    return _VERSIONS[0] if version.startswith("0.") else _NEWEST_STABLE


@cache
def _schema_only() -> Context:
    newest = core_context(_NEWEST_STABLE)
    return {term: iri for term, iri in newest.items() if iri == SCHEMA + term}


def conventional_iri(term: str) -> str | None:
    """The IRI by which the field knows a term that a crate left undefined, if there is one."""
    if iri := _conventional_iris().get(term):
        return iri
    if iri := extension_contexts()["workflow-run"].get(term):
        return iri
    return core_context(_NEWEST_STABLE).get(term)
