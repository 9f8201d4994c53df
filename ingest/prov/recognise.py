"""By what a provenance document is told from other files of the same syntax."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import Any

from ingest.prov.model import PROV
from ingest.prov.prov_jsonld import is_prov_jsonld
from ingest.prov.provjson import record_keys
from ingest.prov.rdf import syntax_of
from ingest.sniff import Sniff

_SPACE = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_DOCUMENT = re.compile(r"document\b(?!\s*[=:({])")
_HEADER = 65536
_RECORDS = record_keys()
_OTHER_KEYS = {"prefix", "bundle"}
# what PROV-O's terms are when they tell of a provenance rather than name PROV in passing
_TERMS = (
    "(?:Entity|Activity|Agent|Person|Organization|SoftwareAgent|Bundle|Collection|Plan"
    "|Usage|Generation|Derivation|Association|Attribution|Communication|Delegation"
    "|used|generated|was[A-Z][A-Za-z]+|actedOnBehalfOf|had[A-Z][A-Za-z]+|qualified[A-Z][A-Za-z]+"
    "|(?:started|ended|generated|invalidated)AtTime|specializationOf|alternateOf|mentionOf)"
)
_ADDRESS = re.compile(re.escape(PROV) + _TERMS + r"\b")
_PREFIX = re.compile(
    r"""(?:@?prefix\s+|xmlns:|")(?P<prefix>[\w.-]*)"?\s*[:=]\s*["'<]"""
    + re.escape(PROV)
    + r"""["'>]""",
    re.IGNORECASE,
)
_ALIAS = re.compile(rf"(?:prov:|{re.escape(PROV)}){_TERMS}$")
# a vocabulary or a mapping that speaks of PROV's terms is no provenance
_VOCABULARY = re.compile(
    r"\bowl:Ontology\b|/owl#Ontology\b|\bskos:ConceptScheme\b|/core#ConceptScheme\b"
    r"|\bskos:\w+Match\b|/core#(?:exact|close|broad|narrow|related)Match\b"
)


def is_prov_n(sniff: Sniff) -> bool:
    """PROV-N begins with the word ``document``, after comments; section 3.7 of its grammar."""
    text = sniff.content[:_HEADER].decode("utf-8-sig", errors="replace")
    start = _SPACE.match(text)
    return _DOCUMENT.match(text, start.end() if start else 0) is not None


def is_prov_json(sniff: Sniff) -> bool:
    """PROV-JSON: an object whose keys are PROV's kinds of record, or PROV-JSONLD's context."""
    parsed = sniff.json
    if not isinstance(parsed, dict):
        return False
    if is_prov_jsonld(parsed):
        return True
    keys = {_word(key) for key in parsed}
    records = [parsed[key] for key in parsed if _word(key) in _RECORDS]
    bundles = parsed.get("bundle")
    if isinstance(parsed.get("prefix"), dict) and (
        any(isinstance(r, dict) for r in records) or isinstance(bundles, dict)
    ):
        return True
    known = keys <= _RECORDS | _OTHER_KEYS
    return known and bool(keys) and all(_holds_records(r) for r in parsed.values())


def is_prov_xml(sniff: Sniff) -> bool:
    """PROV-XML: its root is PROV's ``document``, or a bundle's content."""
    return PROV in sniff.head and sniff.xml_root in ("document", "bundleContent")


def is_prov_o(sniff: Sniff) -> bool:
    """RDF that tells of entities, activities and agents; no ontology and no mapping."""
    if syntax_of(sniff.name) is None or PROV.encode() not in sniff.content:
        return False
    suffix = PurePosixPath(sniff.name).suffix.lower()
    text = sniff.content.decode("utf-8-sig", errors="replace")
    if suffix in (".xml", ".rdf", ".owl") and sniff.xml_root != "RDF":
        return False
    if suffix in (".json", ".jsonld"):
        return _is_prov_json_ld(sniff.json, text)
    return _VOCABULARY.search(text) is None and _tells(text, text)


def _tells(text: str, header: str) -> bool:
    """Whether a text uses PROV-O's terms, in full or under a prefix that the header declares."""
    if _ADDRESS.search(text):
        return True
    prefixes = {match["prefix"] for match in _PREFIX.finditer(header)}
    return any(re.search(rf"(?<![\w-]){re.escape(p)}:{_TERMS}\b", text) for p in prefixes)


def _is_prov_json_ld(parsed: Any, text: str) -> bool:
    """Whether JSON-LD tells of provenance outside of its contexts, which only declare terms."""
    if not _is_json_ld(parsed):
        return False
    nodes = parsed if isinstance(parsed, list) else [parsed]
    said = json.dumps([_without_context(node) for node in nodes], ensure_ascii=False)
    if _VOCABULARY.search(said):
        return False
    if _tells(said, text):
        return True
    context = parsed.get("@context") if isinstance(parsed, dict) else None
    terms = {
        term
        for entry in (context if isinstance(context, list) else [context])
        if isinstance(entry, dict)
        for term, meant in entry.items()
        if _ALIAS.match(str(meant.get("@id") if isinstance(meant, dict) else meant))
    }
    return any(f'"{term}"' in said for term in terms)


def _without_context(node: Any) -> Any:
    return {k: v for k, v in node.items() if k != "@context"} if isinstance(node, dict) else node


def _word(key: str) -> str:
    return key.removeprefix("prov:").removeprefix("provext:")


def _holds_records(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(v, (dict, list)) for v in value.values())


def _is_json_ld(parsed: Any) -> bool:
    if isinstance(parsed, dict):
        return ("@context" in parsed or "@graph" in parsed) and parsed.keys() != {"@context"}
    return isinstance(parsed, list) and any(isinstance(n, dict) and "@id" in n for n in parsed)
