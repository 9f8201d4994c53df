"""The pages of sources: all of them, and one with its things, versions and findings."""

from __future__ import annotations

from typing import Any

from starlette.responses import HTMLResponse

from kg_service.catalogue import SourceIris, SourceRecord
from kg_service.graph import KnowledgeGraph
from kg_service.plain import seen_by
from kg_service.search.held import Wanted
from kg_service.service import html
from kg_service.service.addresses import entity_address, source_address
from kg_service.service.resource_forms import SHORT_NAMES
from kg_service.service.schema_org import embedded, source_node

MOST_THINGS = 100


def sources_page(records: list[SourceRecord], root: str) -> HTMLResponse:
    """All sources, in a table."""
    columns = ("Source", "Title", "Format", "Asserted", "Aligned", "Lost")
    rows = [
        (
            (r.id, source_address(root, r.id)),
            (r.title or "", None),
            (r.format, None),
            (str(r.asserted), None),
            (str(r.aligned), None),
            (str(r.losses), None),
        )
        for r in records
    ]
    return html.page(
        "Sources", html.table(f"{len(rows)} sources", columns, rows, numbers=(3, 4, 5)), root
    )


def source_page(
    details: dict[str, Any], record: SourceRecord, graph: KnowledgeGraph, base: str, root: str
) -> HTMLResponse:
    """One source, from what ``source_details`` tells of it, and the first of its things."""
    body = html.definitions(_facts(details, record, base, root))
    body += _things(record, graph, base, root)
    body += _versions(details, base, root)
    findings = [
        (
            (f["kind"], None),
            (f["code"], None),
            (str(f["count"]), None),
            ("\n".join(f["examples"][:1]), None),
        )
        for f in details["findings"]
    ]
    unmapped = [((f["term"], None), (str(f["count"]), None)) for f in details["unmapped"]]
    columns = ("Kind", "Code", "Count", "First example")
    body += html.heading("Findings")
    body += html.table(f"{len(findings)} kinds of finding", columns, findings, numbers=(2,))
    body += html.heading("Terms without a mapping")
    body += html.table(f"{len(unmapped)} terms", ("Term", "Count"), unmapped, numbers=(1,))
    body += embedded(source_node(record, source_address(base, record.id), base))
    return html.page(details["id"], body, root)


def _facts(
    details: dict[str, Any], record: SourceRecord, base: str, root: str
) -> list[tuple[str, str]]:
    version = SourceIris(base, record.id, record.version).version_node.value
    forms = (
        html.link(name, source_address(root, record.id, name))
        for name in SHORT_NAMES
        if name != "html"
    )
    return [
        ("Title", html.text(details["title"] or "")),
        ("Address", html.link(details["iri"], details["iri"])),
        ("Format", html.text(details["format"])),
        ("Version", html.link(details["version"], f"{root}{version.removeprefix(base)}")),
        ("Read from", html.text(details["origin"])),
        ("Ingested", html.text(details["ingested"])),
        (
            "Seen by",
            html.text(seen_by(record.visibility, record.groups, record.visible_from)),
        ),
        ("Own identifier", html.text(details["identifier"] or "none")),
        ("Licence", html.text(details["licence"] or "none told")),
        ("Profiles", html.text(", ".join(details["profiles"]) or "none told")),
        ("Asserted statements", html.text(str(details["triples"]["asserted"]))),
        ("Aligned statements", html.text(str(details["triples"]["aligned"]))),
        ("As data", ", ".join(forms)),
    ]


def _things(record: SourceRecord, graph: KnowledgeGraph, base: str, root: str) -> str:
    page = graph.found().page(Wanted(sources=frozenset({record.id})), MOST_THINGS)
    rows = [
        ((thing.label, entity_address(base, root, thing.iri)), (thing.kind, None))
        for thing in page.things
    ]
    count = f"the first {len(rows)}; /search finds others" if page.more else f"{len(rows)} things"
    return html.heading("What it tells of") + html.table(count, ("Thing", "Kind"), rows)


def _versions(details: dict[str, Any], base: str, root: str) -> str:
    rows = [
        (
            (version["version"], f"{root}{version['iri'].removeprefix(base)}"),
            (version["ingested"], None),
            (version["origin"], None),
        )
        for version in details["earlierVersions"]
    ]
    columns = ("SHA-256", "Ingested", "Read from")
    return html.heading("Earlier versions") + html.table(f"{len(rows)} versions", columns, rows)
