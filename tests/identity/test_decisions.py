"""A steward's decisions: what they join and part, what they keep, what they refuse."""

from __future__ import annotations

import pytest
from identity.things import Source, add, iri, joined, remove, same
from pyoxigraph import NamedNode

from kg_service.errors import UsageError
from kg_service.identity.decisions import Decisions, Verdict
from kg_service.identity.evidence import Policy
from kg_service.links.stewardship import judge, still_joined
from kg_service.store.embedded import OxigraphStore
from kg_service.terms import DECISIONS

DIGEST = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"
FILE = {"a": "File", "sha256": DIGEST}
X, Y, Z = (iri(s, n) for s, n in (("a", "x"), ("b", "y"), ("c", "z")))


def confirm(
    store: OxigraphStore, one: object = X, other: object = Y, because: str = "seen"
) -> None:
    judge(store, (one, other), Verdict.CONFIRMED, because, "me")  # type: ignore[arg-type]


def reject(
    store: OxigraphStore, one: NamedNode = X, other: NamedNode = Y, because: str = "no"
) -> None:
    judge(store, (one, other), Verdict.REJECTED, because, "me")


def unrelated(kind: str = "Sample") -> OxigraphStore:
    return joined({"a": {"x": {"a": kind}}, "b": {"y": {"a": kind}}})


def test_a_confirmed_pair_is_followed_by_every_policy() -> None:
    store = unrelated()
    confirm(store)
    for policy in Policy:
        assert same(store, X, policy) == {"b/y"}
        assert same(store, Y, policy) == {"a/x"}


def test_a_rejected_pair_is_followed_by_none() -> None:
    told = {"a": "Dataset", "id": "10.5072/x", "label": "the same name"}
    store = joined({"a": {"x": told}, "b": {"y": told}})
    assert same(store, X) == {"b/y"}
    reject(store, Y, X)
    for policy in Policy:
        assert same(store, X, policy) == set()
        assert same(store, Y, policy) == set()


def test_a_key_no_longer_speaks_for_a_pair_that_was_told_apart() -> None:
    """Of three that share a key two are told apart: which of them the third is, nobody knows."""
    store = joined({"a": {"x": FILE}, "b": {"y": FILE}, "c": {"z": FILE}, "d": {"w": FILE}})
    reject(store)
    assert same(store, X) == set()
    assert same(store, Y) == set()
    assert same(store, Z) == {"d/w"}, "what nobody doubted stays as it was"
    confirm(store, X, Z)
    assert same(store, X) == {"c/z", "d/w"}, "a steward can say which it is"
    assert same(store, Y) == set()


def test_a_pair_that_is_joined_by_other_keys_still_is_told() -> None:
    store = joined(
        {
            "a": {"x": {"a": "Dataset", "id": "10.5072/1"}},
            "b": {"y": {"a": "Dataset", "id": "10.5072/2"}},
            "c": {"z": {"a": "Dataset", "id": ("10.5072/1", "10.5072/2")}},
        }
    )
    reject(store)
    path = still_joined(store, X, Y)
    assert [{edge.earlier, edge.later} for edge in path] == [{X, Z}, {Z, Y}]
    reject(store, Y, Z)
    assert still_joined(store, X, Y) == []
    assert same(store, X) == {"c/z"}


def test_a_later_decision_replaces_the_earlier_one_which_is_kept() -> None:
    store = unrelated()
    confirm(store)
    reject(store, because="looked again")
    assert same(store, X, Policy.ALL) == set()
    confirm(store, because="and again")
    assert same(store, X) == {"b/y"}
    newest, middle, oldest = Decisions(store).of_pair(Y, X)
    assert [d.verdict for d in (newest, middle, oldest)] == ["confirmed", "rejected", "confirmed"]
    assert (newest.because, middle.because) == ("and again", "looked again")
    assert newest.until is None
    assert (middle.until, middle.replaces) == (newest.made, oldest.iri)


def test_a_decision_is_forgotten_but_not_its_history() -> None:
    store = joined({"a": {"x": FILE}, "b": {"y": FILE}})
    reject(store)
    judge(store, (X, Y), Verdict.FORGOTTEN, "by mistake", "me")
    assert same(store, X) == {"b/y"}
    assert [d.verdict for d in Decisions(store).of_pair(X, Y)] == ["forgotten", "rejected"]


def test_the_same_decision_twice_is_one() -> None:
    store = unrelated()
    confirm(store)
    before = set(store.quads(None, None, None, DECISIONS))
    confirm(store, Y, X)
    assert set(store.quads(None, None, None, DECISIONS)) == before


def test_a_decision_survives_withdrawal_and_return() -> None:
    store = unrelated()
    confirm(store)
    remove(store, "b")
    add(store, "b", {"y": {"a": "Sample", "label": "a new version"}})
    assert same(store, X) == {"b/y"}


def test_who_and_why_are_kept() -> None:
    store = unrelated()
    decision = judge(store, (X, Y), Verdict.CONFIRMED, " the label ", "0000-0002-1825-0097")
    assert decision.who == "https://orcid.org/0000-0002-1825-0097"
    assert decision.because == "the label"
    assert judge(store, (X, Y), Verdict.CONFIRMED, "other").who, "the account where none is named"


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ({"a": "Sample"}, {"a": "Activity"}, "is an activity"),
        ({"a": "Activity"}, {"a": "Activity"}, "is an activity"),
        ({"a": "Sample"}, {"a": "File"}, "can not be the same thing"),
        ({"a": "Person"}, {"a": "Dataset"}, "can not be the same thing"),
    ],
)
def test_what_can_not_be_the_same_is_refused(one: dict, other: dict, said: str) -> None:  # type: ignore[type-arg]
    sources: dict[str, Source] = {"a": {"x": one}, "b": {"y": other}}
    store = joined(sources)
    with pytest.raises(UsageError, match=said):
        confirm(store)
    assert not list(store.quads(None, None, None, DECISIONS))
    reject(store)  # they are not the same: nothing speaks against keeping that


def test_a_thing_and_itself_and_no_reason_are_refused() -> None:
    with pytest.raises(UsageError, match="the same thing already"):
        confirm(unrelated(), X, X)
    with pytest.raises(UsageError, match="say why"):
        confirm(unrelated(), because="  ")


def test_a_confirmed_pair_of_which_one_became_an_activity_is_not_followed() -> None:
    store = unrelated()
    confirm(store)
    remove(store, "b")
    add(store, "b", {"y": {"a": "Activity"}})
    assert same(store, X) == set()
