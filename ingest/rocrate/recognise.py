"""Recognising crate metadata that is not called as it should be."""

from __future__ import annotations

import json
from typing import Any

from ingest.errors import SourceError
from ingest.json_stream import JsonStream
from ingest.rocrate.metadata import is_metadata_name
from ingest.rocrate.root import Landmarks
from ingest.sniff import Sniff

_GRAPH = b'"@graph"'
_MARKS = ("ro/crate", "/ro-crate/")


def is_crate_metadata(sniff: Sniff) -> bool:
    """Whether a single file is crate metadata: by its name, or by its context or descriptor."""
    if is_metadata_name(sniff.name):
        return True
    return _has_graph(sniff) and _is_crate(sniff)


def _has_graph(sniff: Sniff) -> bool:
    """Whether the file is a JSON object that speaks of a graph: told without parsing it."""
    end = b""
    for number, piece in enumerate(sniff.bundle.peek_pieces(sniff.name)):
        if number == 0 and piece.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
            return False
        if _GRAPH in end + piece:
            return True
        end = piece[-len(_GRAPH) :]
    return False


def _is_crate(sniff: Sniff) -> bool:
    stream = JsonStream(sniff.bundle.peek_pieces(sniff.name), sniff.name)
    landmarks = Landmarks(sniff.name)
    try:
        for member in stream.members("@graph"):
            if member.key == "@context" and _names_crates(member.value):
                return True
            if member.item is not None and isinstance(member.value, dict):
                landmarks.look(member.value, ("@graph", member.item))
    except SourceError:
        return False
    return landmarks.descriptor is not None


def _names_crates(context: Any) -> bool:
    try:
        text = json.dumps(context)[:10_000]
    except RecursionError:
        return False
    return any(mark in text for mark in _MARKS)
