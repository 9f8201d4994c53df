"""What can be told of a single file before a reader is chosen: its JSON, XML root, first lines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from ingest.bundle import Bundle

HEAD_BYTES = 4096


@dataclass
class Sniff:
    """Evidence of one file, each piece made only when a format asks for it."""

    bundle: Bundle
    name: str

    @cached_property
    def content(self) -> bytes:
        return self.bundle.peek(self.name)

    @cached_property
    def head(self) -> str:
        """The first lines, decoded leniently."""
        return self.content[:HEAD_BYTES].decode("utf-8-sig", errors="replace")

    @cached_property
    def json(self) -> Any:
        """The parsed JSON, or None where the file is none."""
        if self.content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
            return None
        try:
            return json.loads(self.content.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            return None

    @cached_property
    def xml_root(self) -> str | None:
        """The local name of the XML root element, or None where the file is no XML."""
        if "<" not in self.head:
            return None
        try:
            for _event, element in iterparse(BytesIO(self.content), events=("start",)):
                return str(element.tag).rpartition("}")[2]
        except (ParseError, DefusedXmlException, ValueError):
            return None
        return None
