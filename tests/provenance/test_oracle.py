"""The kept library ``prov`` as an independent reader: it finds the same records in real files."""

from __future__ import annotations

import warnings
from collections import Counter
from pathlib import Path

import pytest

from ingest.bundle import Bundle, SingleFile
from ingest.errors import SourceError
from ingest.prov.document import read_records

model = pytest.importorskip("prov.model", reason="needs the library prov")
NOTATIONS = {".provn": "provn", ".json": "json", ".provx": "xml", ".xml": "xml"}


def theirs(path: Path) -> Counter[str] | None:
    """How many records of each kind the library finds; None where it refuses the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with path.open("rb") as stream:
                document = model.ProvDocument.deserialize(
                    stream, format=NOTATIONS[path.suffix.lower()]
                )
    except Exception:  # noqa: BLE001 - the library raises many kinds, and refuses many real files
        return None
    records = [*document.get_records(), *(r for b in document.bundles for r in b.get_records())]
    return Counter(record.get_type().localpart for record in records)


def ours(path: Path) -> Counter[str] | None:
    """How many records of each kind there are, by the library's names."""
    try:
        records, _ = read_records(Bundle(SingleFile(path), only=path.name), path.name)
    except SourceError:
        return None
    return Counter(NAMES.get(r.kind, r.kind) for r in records.all())


NAMES = {
    "entity": "Entity",
    "activity": "Activity",
    "agent": "Agent",
    "used": "Usage",
    "wasGeneratedBy": "Generation",
    "wasInformedBy": "Communication",
    "wasStartedBy": "Start",
    "wasEndedBy": "End",
    "wasInvalidatedBy": "Invalidation",
    "wasDerivedFrom": "Derivation",
    "wasAttributedTo": "Attribution",
    "wasAssociatedWith": "Association",
    "actedOnBehalfOf": "Delegation",
    "wasInfluencedBy": "Influence",
    "alternateOf": "Alternate",
    "specializationOf": "Specialization",
    "hadMember": "Membership",
    "mentionOf": "Mention",
}


def test_the_same_records_are_found(corpus: Path) -> None:
    compared = 0
    different = {}
    for path in sorted((corpus / "prov").rglob("*")):
        # a large file says no more, and takes the library seconds
        if path.suffix.lower() not in NOTATIONS or path.stat().st_size > 500_000:
            continue
        expected = theirs(path)
        if expected is None:
            continue
        compared += 1
        found = ours(path)
        if found != expected:
            different[str(path.relative_to(corpus))] = (found, expected)
    assert compared > 500
    assert not different
