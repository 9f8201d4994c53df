"""Nothing leaks: whatever a caller asks, the answer is that of a store without what is hidden."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import pytest
from access.asking import KNOWN, Request, by_graph, by_sparql, client_of, exports, said
from access.worlds import (
    FILES,
    IDS,
    SAMPLES,
    Event,
    Gone,
    Judged,
    Taken,
    context_of,
    known_to,
    make_store,
    own,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingest.document import Visibility
from kg_service.access.caller import ANONYMOUS, Caller
from kg_service.align.engine import Alignment
from kg_service.identity.decisions import Verdict
from kg_service.service.app import create_app

PUBLIC = Visibility.PUBLIC, ()
INTERNAL = Visibility.INTERNAL, ()
OF_A = Visibility.RESTRICTED, ("a",)
OF_B = Visibility.RESTRICTED, ("a", "b")
OF_NONE = Visibility.RESTRICTED, ()
INSIDER = Caller("insider", internal=True)
MEMBER = Caller("member", groups=frozenset({"b", "other"}))
BOTH = Caller("both", internal=True, groups=frozenset({"a"}))
CALLERS = (ANONYMOUS, INSIDER, MEMBER, BOTH)
# by what SPARQL is answered for those who see more than a tier
BASES = {ANONYMOUS: ANONYMOUS, INSIDER: INSIDER, MEMBER: ANONYMOUS, BOTH: INSIDER}

Choice = Callable[[Sequence[Request]], Sequence[Request]]
_ASKED = 60


def check(
    alignment: Alignment, events: list[Event], caller: Caller, choose: Choice = lambda all_: all_
) -> None:
    """Ask all, or some, of both stores."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = make_store(folder / "whole", folder / "crates", alignment, list(enumerate(events)))
        context = context_of(whole)
        app = create_app(context, KNOWN)
        seen = known_to(caller, events)
        base = caller if len(seen) == len(events) else BASES[caller]
        for place, known, requests in (
            ("part", seen, [*by_graph(), *exports()]),
            ("base", known_to(base, events), list(by_sparql(context))),
        ):
            part = make_store(folder / place, folder / "crates", alignment, known)
            with (
                client_of(app, caller) as here,
                client_of(create_app(context_of(part), KNOWN), caller) as there,
            ):
                for request in choose(requests):
                    told, expected = said(here, request), said(there, request)
                    assert told == expected, f"{caller.name} asks {request} after {events}"


GOLDEN: dict[str, list[Event]] = {
    "a hidden source joins visible ones": [
        Taken("alpha", PUBLIC, 1, made=1, doi=True),
        Taken("beta", OF_NONE, 2, sample=0, used=1, made=2, same_content=True),
        Taken("gamma", PUBLIC, 3, sample=1, used=2, made=0, same_content=True),
        Judged(own("alpha"), own("beta"), Verdict.CONFIRMED),
        Judged(own("alpha"), own("gamma"), Verdict.CONFIRMED),
    ],
    "an earlier version was restricted": [
        Taken("alpha", OF_A, 1, doi=True),
        Taken("beta", INTERNAL, 2, used=1, made=2),
        Taken("alpha", PUBLIC, 3, sample=1),
        Taken("alpha", PUBLIC, 4, sample=1, made=2),
    ],
    "a hidden source was withdrawn": [
        Taken("alpha", OF_A, 1, doi=True),
        Taken("alpha/inner", PUBLIC, 2, doi=True),
        Gone("alpha"),
        Taken("beta", OF_B, 3, used=1),
        Gone("beta"),
        Taken("gamma", PUBLIC, 4),
        Gone("gamma"),
        Taken("gamma", PUBLIC, 5),
    ],
    "a public source became restricted": [
        Taken("alpha", PUBLIC, 1, same_content=True),
        Taken("beta", PUBLIC, 2, used=1, made=2, same_content=True),
        Judged(own("alpha"), own("beta"), Verdict.REJECTED),
        Taken("alpha", OF_B, 3, same_content=True),
    ],
}


@pytest.mark.parametrize("name", GOLDEN)
@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.name)
def test_cases(alignment: Alignment, name: str, caller: Caller) -> None:
    # every history is asked everything, and so is everyone; not everyone about every history
    place = list(GOLDEN).index(name) + CALLERS.index(caller)
    check(alignment, GOLDEN[name], caller, lambda all_: all_[place % len(GOLDEN) :: len(GOLDEN)])


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    events: list[Event] = []
    there: set[str] = set()
    for number in range(draw(st.integers(2, 6))):
        source = draw(st.sampled_from(IDS))
        if source in there and draw(st.integers(0, 4)) == 0:
            events.append(Gone(source))
            there.remove(source)
            continue
        there.add(source)
        events.append(
            Taken(
                source,
                draw(st.sampled_from([PUBLIC, PUBLIC, INTERNAL, OF_A, OF_B, OF_NONE])),
                number,
                sample=draw(st.integers(0, 1)),
                used=draw(st.integers(0, 2)),
                made=draw(st.integers(0, 2)),
                doi=draw(st.booleans()),
                same_content=draw(st.booleans()),
            )
        )
    things = [*SAMPLES, *FILES, *map(own, IDS)]
    for first, second in draw(
        st.lists(st.tuples(st.sampled_from(things), st.sampled_from(things)), max_size=3)
    ):
        if first != second:
            verdict = draw(st.sampled_from([Verdict.CONFIRMED, Verdict.REJECTED]))
            events.append(Judged(*sorted((first, second)), verdict))
    return events


# two stores for each example: what fails is told as it was drawn, not made smaller
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(events=histories(), caller=st.sampled_from(CALLERS), seed=st.integers(0, 2**16))
def test_any_history(alignment: Alignment, events: list[Event], caller: Caller, seed: int) -> None:
    chance = Random(seed)

    def some(requests: Sequence[Request]) -> list[Request]:
        return chance.sample(requests, min(_ASKED, len(requests)))

    check(alignment, events, caller, some)
