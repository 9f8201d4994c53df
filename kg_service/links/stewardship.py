"""A steward's word on a pair of things: checked, kept, and told what it does not settle."""

from __future__ import annotations

import getpass
import re
from collections import deque

from pyoxigraph import Literal, NamedNode

from kg_service.errors import UsageError
from kg_service.identity.decisions import Decision, Decisions, Verdict, decide
from kg_service.identity.evidence import Evidence, Policy
from kg_service.identity.identifiers import identifier_key
from kg_service.identity.kinds import Kind, can_be_same
from kg_service.identity.matches import Matches
from kg_service.lineage.edges import StoreEdges
from kg_service.lineage.model import Edge
from kg_service.store.port import GraphReader, GraphStore, Term

_LIKE_ORCID = re.compile(r"\b\d{4}-\d{4}-\d{4}-\d{3}[\dXx]\b")


def judge(
    store: GraphStore,
    pair: tuple[NamedNode, NamedNode],
    verdict: Verdict,
    because: str,
    who: str | None = None,
) -> Decision:
    """Keep a steward's decision on two things. Raises UsageError where there is none to make."""
    first, second = pair
    if first == second:
        raise UsageError(f"both are the same thing already: <{first.value}>")
    if not because.strip():
        raise UsageError("say why (--because): a decision without a reason helps nobody later")
    if verdict is Verdict.CONFIRMED:
        _refuse_impossible(store, first, second)
    if verdict is Verdict.FORGOTTEN and not _is_decided(store, pair):
        raise UsageError(
            f"there is no decision to forget on <{first.value}> and <{second.value}>; "
            "kg links ID lists what was decided"
        )
    return decide(store, pair, verdict, because.strip(), steward(who))


def steward(who: str | None) -> Term:
    """Who decides: an ORCID as IRI, else a name as it is given; without one, the account."""
    if who is None:
        try:
            return Literal(getpass.getuser())
        except (OSError, KeyError):
            return Literal("unknown")  # a container's user need not have a name
    key = identifier_key(who)
    if key and key[0] == "orcid":
        return NamedNode(f"https://orcid.org/{key[1]}")
    if not who.strip():
        raise UsageError("--who is empty: give an ORCID or a name")
    if _LIKE_ORCID.search(who):
        raise UsageError(f"--who {who!r} is no ORCID: its check digit does not fit the others")
    return Literal(who.strip())


def _is_decided(reader: GraphReader, pair: tuple[NamedNode, NamedNode]) -> bool:
    newest = next(iter(Decisions(reader).of_pair(*pair)), None)
    return newest is not None and newest.verdict is not Verdict.FORGOTTEN


def still_joined(reader: GraphReader, first: NamedNode, second: NamedNode) -> list[Edge]:
    """The links by which two things are the same still, by way of others; none where they are not.

    The default policy is followed.
    """
    edges = StoreEdges(reader, Policy.DEFAULT)
    came: dict[NamedNode, tuple[NamedNode, Edge] | None] = {first: None}
    pending = deque([first])
    while pending:
        node = pending.popleft()
        for edge in edges.same_as(node):
            other = edge.later if edge.earlier == node else edge.earlier
            if other not in came:
                came[other] = (node, edge)
                pending.append(other)
    path: list[Edge] = []
    step = came.get(second)
    while step is not None:
        node, edge = step
        path.append(edge)
        step = came[node]
    return path[::-1]


def _refuse_impossible(reader: GraphReader, first: NamedNode, second: NamedNode) -> None:
    matches = Matches(reader, Policy.ALL)
    kinds = {node: matches.kind(node) for node in (first, second)}
    for node, kind in kinds.items():
        if Kind.ACTIVITY in kind:
            raise UsageError(
                f"<{node.value}> is an activity; only things can be the same, what happened "
                "is linked to them by lineage"
            )
    if not can_be_same(Evidence.DECISION, kinds[first], kinds[second]):
        said = " and ".join(f"<{n.value}> is {_words(k)}" for n, k in kinds.items())
        raise UsageError(f"these can not be the same thing: {said}")


def _words(kind: Kind) -> str:
    return " and ".join(str(k.name).lower() for k in kind)
