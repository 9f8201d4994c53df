"""What stewards decided: that two things are the same, or that they are not, by whom and why.

Decisions are statements of one graph of their own, which no ingest and no withdrawal touches.
A confirmed pair shares a key of its own; a rejected one is ``owl:differentFrom`` each other.
A later decision on a pair replaces the earlier one, which stays as history::

    <urn:kg:decision:…> a kg:LinkDecision ; kg:about <a>, <b> ; kg:verdict "confirmed" ;
        kg:because "the label on the tube" ; kg:decidedBy <https://orcid.org/…> ;
        prov:generatedAtTime "…" ; prov:wasRevisionOf <urn:kg:decision:…> .
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from kg_service.identity.evidence import Evidence, key_node
from kg_service.rdf import subject_of, text_object
from kg_service.store.port import Change, GraphReader, GraphStore, Term
from kg_service.terms import DECISIONS, OWL_DIFFERENT_FROM, RDF_TYPE, XSD_DATETIME, kg, prov

_KEY = kg("decisionKey")
_ABOUT = kg("about")
_VERDICT = kg("verdict")
_BECAUSE = kg("because")
_BY = kg("decidedBy")
_MADE_AT = prov("generatedAtTime")
_ENDED_AT = prov("invalidatedAtTime")
_REVISION_OF = prov("wasRevisionOf")


class Verdict(StrEnum):
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True)
class Decision:
    """One decision on a pair of things, in text order. ``until`` is set once it is replaced."""

    iri: str
    first: str
    second: str
    verdict: Verdict
    because: str
    who: str
    made: str
    until: str | None
    replaces: str | None

    def as_json(self) -> dict[str, Any]:
        """Plain data; keys are stable."""
        return {
            "id": self.iri,
            "things": [self.first, self.second],
            "verdict": self.verdict.value,
            "because": self.because,
            "who": self.who,
            "made": self.made,
            "until": self.until,
            "replaces": self.replaces,
        }


class Decisions:
    """Reads the graph of decisions."""

    def __init__(self, reader: GraphReader) -> None:
        self._reader = reader

    def of_pair(self, one: NamedNode, other: NamedNode) -> list[Decision]:
        """All decisions on a pair, the newest first; that one holds."""
        return self._with_key(pair_key(one, other))

    def of_key(self, key: NamedNode) -> Decision | None:
        """The decision that holds for the pair of a key."""
        return next(iter(self._with_key(key)), None)

    def all(self) -> list[Decision]:
        """Every decision, earlier ones too, the newest first."""
        found = self._reader.quads(None, RDF_TYPE, kg("LinkDecision"), DECISIONS)
        return _newest_first(self._read(subject_of(quad)) for quad in found)

    def _with_key(self, key: NamedNode) -> list[Decision]:
        found = self._reader.quads(None, _KEY, key, DECISIONS)
        return _newest_first(self._read(subject_of(quad)) for quad in found)

    def _read(self, node: NamedNode) -> Decision:
        told: dict[NamedNode, list[str]] = {}
        for quad in self._reader.quads(node, None, None, DECISIONS):
            told.setdefault(quad.predicate, []).append(text_object(quad))
        first, second = sorted(told[_ABOUT])
        return Decision(
            iri=node.value,
            first=first,
            second=second,
            verdict=Verdict(told[_VERDICT][0]),
            because=told[_BECAUSE][0],
            who=told[_BY][0],
            made=told[_MADE_AT][0],
            until=next(iter(told.get(_ENDED_AT, ())), None),
            replaces=next(iter(told.get(_REVISION_OF, ())), None),
        )


def decide(
    store: GraphStore,
    pair: tuple[NamedNode, NamedNode],
    verdict: Verdict,
    because: str,
    who: Term,
) -> Decision:
    """Keep a decision. The same one again, by the same person for the same reason, is not kept."""
    first, second = sorted(pair, key=lambda node: node.value)
    key = pair_key(first, second)
    before = Decisions(store).of_key(key)
    if before and (before.verdict, before.because, before.who) == (verdict, because, who.value):
        return before
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    text = "\n".join((first.value, second.value, now, verdict))
    node = NamedNode(f"urn:kg:decision:{hashlib.sha256(text.encode()).hexdigest()[:32]}")
    time = Literal(now, datatype=XSD_DATETIME)
    insert = [
        _q(node, RDF_TYPE, kg("LinkDecision")),
        _q(node, _ABOUT, first),
        _q(node, _ABOUT, second),
        _q(node, _KEY, key),
        _q(node, _VERDICT, Literal(verdict.value)),
        _q(node, _BECAUSE, Literal(because)),
        _q(node, _BY, who),
        _q(node, _MADE_AT, time),
    ]
    if before is not None:
        insert += [
            _q(node, _REVISION_OF, NamedNode(before.iri)),
            _q(NamedNode(before.iri), _ENDED_AT, time),
        ]
    store.commit(
        Change(
            delete=list(_effects(store, first, second, key)),
            insert=insert + _effect(verdict, first, second, key, because),
        )
    )
    return next(d for d in Decisions(store).of_pair(first, second) if d.iri == node.value)


def decisions_as_of(reader: GraphReader, moment: datetime) -> list[Quad] | None:
    """The graph of decisions as it was at a time; None where it is the same now."""
    decisions = Decisions(reader).all()
    made = [d for d in decisions if datetime.fromisoformat(d.made) <= moment]
    if len(made) == len(decisions):
        return None
    replaced = {d.replaces for d in made}
    quads: list[Quad] = []
    for decision in made:
        holds = decision.iri not in replaced
        told = reader.quads(NamedNode(decision.iri), None, None, DECISIONS)
        quads += [q for q in told if not (holds and q.predicate == _ENDED_AT)]
        if holds:
            first, second = NamedNode(decision.first), NamedNode(decision.second)
            key = pair_key(first, second)
            quads += _effect(decision.verdict, first, second, key, decision.because)
    return quads


def pair_key(one: NamedNode, other: NamedNode) -> NamedNode:
    """The key that only these two things can share."""
    text = "\n".join(sorted((one.value, other.value)))
    return key_node(("decision", hashlib.sha256(text.encode()).hexdigest()[:32]))


def _effect(
    verdict: Verdict, first: NamedNode, second: NamedNode, key: NamedNode, because: str
) -> list[Quad]:
    if verdict is Verdict.CONFIRMED:
        return [
            *(_q(node, Evidence.DECISION.property, key) for node in (first, second)),
            _q(key, kg("writtenAs"), Literal(because)),
        ]
    if verdict is Verdict.REJECTED:
        return [_q(first, OWL_DIFFERENT_FROM, second), _q(second, OWL_DIFFERENT_FROM, first)]
    return []


def _effects(
    reader: GraphReader, first: NamedNode, second: NamedNode, key: NamedNode
) -> Iterator[Quad]:
    """What an earlier decision on the pair has put into effect."""
    yield from reader.quads(None, Evidence.DECISION.property, key, DECISIONS)
    yield from reader.quads(key, None, None, DECISIONS)
    yield from reader.quads(first, OWL_DIFFERENT_FROM, second, DECISIONS)
    yield from reader.quads(second, OWL_DIFFERENT_FROM, first, DECISIONS)


def _newest_first(decisions: Iterator[Decision]) -> list[Decision]:
    # the one that holds has not been replaced; times settle the rest
    return sorted(decisions, key=lambda d: (d.until is None, d.made), reverse=True)


def _q(subject: NamedNode, predicate: NamedNode, object_: Term) -> Quad:
    return Quad(subject, predicate, object_, DECISIONS)
