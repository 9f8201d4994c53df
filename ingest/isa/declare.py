"""What a study uses but does not declare: protocols and factors are added, and told of."""

from __future__ import annotations

from dataclasses import replace

from ingest.findings import Findings
from ingest.isa.model import Factor, Protocol, Study


def declare(study: Study, where: str, findings: Findings) -> Study:
    """The study with all protocols that its processes carry out, all factors its nodes have."""
    tables = [study.table, *(a.table for a in study.assays)]
    protocols = {p.name: p for p in study.protocols}
    for name in dict.fromkeys(p.protocol for t in tables for p in t.processes if p.protocol):
        if name not in protocols:
            findings.warned("undeclared-protocol", where, f"study {study.key!r}: {name!r}")
            protocols[name] = Protocol(name)
    factors = {f.name: f for f in study.factors}
    nodes = [n for t in tables for n in t.nodes]
    for name in dict.fromkeys(v.category for n in nodes for v in n.factor_values):
        if name not in factors:
            findings.warned("undeclared-factor", where, f"study {study.key!r}: {name!r}")
            factors[name] = Factor(name)
    added = tuple(p for p in protocols.values() if p not in study.protocols)
    more = tuple(f for f in factors.values() if f not in study.factors)
    return replace(study, protocols=(*study.protocols, *added), factors=(*study.factors, *more))
