"""A link as it is shown: two things, the evidence, who gives it, and whether it is followed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kg_service.describe import Thing
from kg_service.identity.decisions import Decision
from kg_service.identity.evidence import Evidence, Policy


@dataclass(frozen=True)
class LinkEnd:
    """One of the two things: the value by which it is linked, and the sources that give it."""

    thing: Thing
    value: str
    sources: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.thing.iri,
            "label": self.thing.label,
            "kind": self.thing.kind,
            "value": self.value,
            "sources": list(self.sources),
        }


@dataclass(frozen=True)
class Link:
    """Two things that share a key. ``why_not`` is set where no policy follows the link.

    ``since`` is when the later of the two values came in (its source in its current version), or
    when a steward decided; empty where neither is known.
    """

    first: LinkEnd
    second: LinkEnd
    evidence: Evidence
    key: str
    since: str
    why_not: str | None = None
    decision: Decision | None = None

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The policies that follow it."""
        if self.why_not is not None:
            return ()
        return tuple(policy for policy in Policy if self.evidence in policy.evidence)

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            "evidence": self.evidence.word,
            "key": self.key,
            "first": self.first.as_json(),
            "second": self.second.as_json(),
            "since": self.since or None,
            "policies": [policy.value for policy in self.policies],
            "whyNot": self.why_not,
            "decision": self.decision.as_json() if self.decision else None,
        }
