"""Whether a file is an ICAT data file, by its root element or its first lines."""

from __future__ import annotations

import re

from ingest.icat import schema
from ingest.sniff import Sniff

_ROOTS = {"icatdata", "icatingest"}
# a facility may call the root after itself; head and data tell as much
_XML_HEAD = re.compile(
    r"<head>.{0,2000}?<(?:generator|apiversion)>.{0,2000}?</head>\s*(?:<!--.*?-->\s*)*"
    r"<data>\s*(?:<!--.*?-->\s*)*<(?P<entity>[A-Za-z]+)[\s>]",
    re.DOTALL,
)
_XML_ROOT = re.compile(r"<(?:icatdata|icatingest)[\s>]")
_YAML_HEAD = re.compile(r"^#\s*(?:ICAT-API:|Generator:.*icat)", re.MULTILINE)
_SECTION = re.compile(r"([A-Za-z]+):(?:\s*(?:\{\}|#.*)?)")
_KEY = re.compile(r"\s+(?:\?\s+)?['\"]?([A-Z][A-Za-z]+)_")


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
