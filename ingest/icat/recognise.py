"""Whether a file is of ICAT: by its root element or first lines, or by its JSON objects."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from ingest.bundle import Bundle
from ingest.errors import SourceError
from ingest.icat import schema
from ingest.icat.answers import error_told
from ingest.icat.evidence import is_answer
from ingest.sniff import HEAD_BYTES, Sniff

_ROOTS = {"icatdata", "icatingest"}
# a facility may call the root after itself; head and data tell as much
_XML_HEAD = re.compile(
    r"<head>.{0,2000}?<(?:generator|apiversion)>.{0,2000}?</head>\s*(?:<!--.*?-->\s*)*"
    r"<data>\s*(?:<!--.*?-->\s*)*<(?P<entity>[A-Za-z]+)[\s>]",
    re.DOTALL,
)
_XML_ROOT = re.compile(r"<(?:icatdata|icatingest)[\s>]")
_JSON = (".json", ".ndjson", ".jsonl")
_YAML_HEAD = re.compile(r"^#\s*(?:ICAT-API:|Generator:.*icat)", re.MULTILINE)
_SECTION = re.compile(r"([A-Za-z]+):(?:\s*(?:\{\}|#.*)?)")
_KEY = re.compile(r"\s+(?:\?\s+)?['\"]?([A-Z][A-Za-z]+)_")
# in JSON that is broken, or not yet read, these tell what it is meant to be
_MARKS = re.compile(
    r'"(createId|modId|modTime|visitId|sampleName|instrumentName|datasetId|investigation'
    r"|investigationUsers|datafileModTime|datafileCreateTime|dataCollectionDatasets|complete"
    r"|(?:input|output)DataCollection|fileCount|investigationInstruments|startDate|location"
    r"|role|fullName|releaseDate|Investigation|Dataset|Datafile|Sample|DataCollection|Job|User"
    r"|Instrument|Technique|ParameterType|DataPublication|(?:\w+)Parameter|datasets"
    r'|investigations|samples|instrument|parameters|applicableToDataset|source)"\s*:'
)
# ... and these that it is not: SciCat's, the PaN search API's, JSON-LD's words
_FOREIGN = re.compile(
    r'"(@context|@graph|datasetName|ownerGroup|scientificMetadata|documentId|isPublic)"\s*:'
)


def is_icat_dump(sniff: Sniff) -> bool:
    """A dump that icatdump wrote, or input for icatingest, in XML or YAML."""
    head = sniff.head
    if is_xml(sniff.content):
        return _is_xml_data(sniff, head)
    if head.lstrip()[:1] in ("{", "["):
        return False
    lines = [x for x in head.splitlines() if x.strip() and not x.startswith(("#", "%", "---"))]
    if _YAML_HEAD.search("\n".join(x for x in head.splitlines() if x.startswith("#"))):
        return True
    section = _SECTION.fullmatch(lines[0].rstrip()) if lines else None
    if section is None or not section[1][0].islower() or len(lines) < 2:
        return False
    key = _KEY.match(lines[1])
    entity = schema.entity_of(section[1])
    return key is not None and entity in schema.ENTITIES and key[1] == entity


def _is_xml_data(sniff: Sniff, head: str) -> bool:
    if sniff.xml_root is None:
        # what can not be parsed is still one that should be refused with a reason
        return _XML_ROOT.search(head) is not None
    if sniff.xml_root in _ROOTS:
        return True
    inside = _XML_HEAD.search(head)
    if inside is None:
        return False
    entity = schema.entity_of(inside["entity"])
    return entity in schema.ENTITIES or entity.removesuffix("Ref") in schema.ENTITIES


def is_xml(content: bytes) -> bool:
    """Whether a data file is XML rather than YAML, in whichever encoding."""
    start = content[:200].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
    return start.startswith(b"<")


def is_json(content: bytes) -> bool:
    """Whether a file is an answer of a JSON interface rather than a data file."""
    start = content[:200].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
    return start.startswith((b"{", b"["))


def is_icat_answer(sniff: Sniff) -> bool:
    """Objects of ICAT as JSON, an error that ICAT reports, or broken JSON meant to be either."""
    if not sniff.name.lower().endswith(_JSON) or not is_json(sniff.content):
        return False
    if sniff.json is not None:
        return is_answer(sniff.json) or error_told(sniff.json) is not None
    lines = [line for line in sniff.head.splitlines() if line.strip()]
    if len(lines) > 1:
        values = _lines(lines[:20])
        if values:
            return is_answer(values)
    return len(set(_MARKS.findall(sniff.head))) >= 3 and _FOREIGN.search(sniff.head) is None


def _lines(lines: list[str]) -> list[Any]:
    """The values of the lines that hold one each; the last may be cut off."""
    values = []
    for line in lines:
        try:
            values.append(json.loads(line))
        except (ValueError, RecursionError):
            break
    return values


def is_answer_name(name: str) -> bool:
    """Whether a file of this name may be an answer: JSON, directly in the folder."""
    return "/" not in name and name.lower().endswith(_JSON)


def is_icat(sniff: Sniff) -> bool:
    """Any of ICAT's forms: a data file in XML or YAML, or an answer in JSON."""
    return is_icat_answer(sniff) or is_icat_dump(sniff)


def mains(folder: Bundle, names: Sequence[str]) -> list[str]:
    """The first file of a folder that holds two answers or more, and no other JSON."""
    files = sorted(name for name in names if is_answer_name(name))
    if len(files) < 2:
        return []
    for name in files:
        try:
            if not _is_known(folder, name):
                return []
        except SourceError:
            return []
    return files[:1]


def _is_known(folder: Bundle, name: str) -> bool:
    # cheap evidence first: most folders of JSON hold something else
    if not set(_MARKS.findall(folder.peek(name)[: 2 * HEAD_BYTES].decode(errors="replace"))):
        return False
    return is_icat_answer(Sniff(folder, name))
