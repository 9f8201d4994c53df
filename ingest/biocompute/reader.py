"""From the bytes of a file of BioCompute Objects to a document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pyoxigraph import Triple

from ingest.biocompute.graph import Graph
from ingest.biocompute.objects import BioComputeObject, objects_of
from ingest.bundle import Bundle
from ingest.document import Description, Visibility
from ingest.errors import InvalidSource
from ingest.findings import Findings
from ingest.json_graph import is_global
from ingest.json_text import parse


@dataclass(frozen=True)
class BioComputeDocument:
    """The BioCompute Objects of one file."""

    objects: list[BioComputeObject]
    findings: Findings

    @property
    def description(self) -> Description:
        """One object is called as it calls itself; a dump is as open as its least open object."""
        states = {o.state for o in self.objects} - {None}
        visibility = None
        if states:
            visibility = Visibility.PUBLIC if states == {"PUBLISHED"} else Visibility.INTERNAL
        visible_from = max((e for o in self.objects if (e := _embargo(o))), default=None)
        if len(self.objects) != 1:
            return Description(visibility=visibility, visible_from=visible_from)
        only = self.objects[0]
        provenance = only.domain("provenance_domain")
        identifier = only.identifier
        return Description(
            identifier=identifier if identifier and is_global(identifier) else None,
            title=_text(provenance.get("name")) or _text(only.data.get("name")),
            licence=_text(provenance.get("license")),
            profiles=tuple(
                version
                for name in ("spec_version", "bco_spec_version")
                if (version := _text(only.data.get(name))) and version.startswith("http")
            ),
            visibility=visibility,
            visible_from=visible_from,
        )

    def triples(self, base: str, findings: Findings) -> Iterator[Triple]:
        """All statements; what was met while parsing is told first."""
        findings.include(self.findings)
        yield from Graph(self.objects, base, findings).triples()


def read(bundle: Bundle) -> BioComputeDocument:
    """Read a file. Raises UnreadableSource (line and column) and InvalidSource."""
    assert bundle.main is not None
    where = bundle.where(bundle.main)
    findings = Findings()
    value = parse(bundle.read(bundle.main), where, findings)
    objects = []
    for found in objects_of(value):
        if isinstance(found, BioComputeObject):
            objects.append(found)
        else:
            findings.lost("no-object", found, "no BioCompute Object; not read")
    if not objects:
        raise InvalidSource(
            "no BioCompute Object in it",
            where=where,
            todo="give an object with the domains of IEEE 2791, or a list of such",
        )
    return BioComputeDocument(objects, findings)


def _embargo(one: BioComputeObject) -> str | None:
    """The end of an object's embargo, where it is a time."""
    embargo = one.domain("provenance_domain").get("embargo")
    end = _text(embargo.get("end_time")) if isinstance(embargo, dict) else None
    try:
        return datetime.fromisoformat(end).isoformat() if end else None
    except ValueError:
        return None


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None
