"""Stores in which several sources speak of the same things, with and without some of them.

A *history* is a list of what was done to a store: sources came in, in versions that different
callers may see, were withdrawn, and stewards decided on pairs of things. From it two stores can
be made: one of all of it, and one of only what a caller may know. Both read the same files at
the same time by the clock of ``frozen_time``, so that what they say of the same source is equal
to the letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pyoxigraph import Literal, NamedNode
from support import BASE, crate, ref

from ingest.document import Visibility
from kg_service import catalogue
from kg_service import withdraw as withdrawing
from kg_service.access.caller import Caller
from kg_service.access.deciding import Decided
from kg_service.align.engine import Alignment
from kg_service.identity import decisions
from kg_service.identity.decisions import Verdict, decide
from kg_service.intake import Intake
from kg_service.opening import open_graph, open_tiers, open_writer
from kg_service.questions import load_questions
from kg_service.resources import resource_folder
from kg_service.service.context import ServiceContext
from kg_service.settings import Settings
from kg_service.vocabulary import keep_vocabulary
from kg_service.withdraw import withdraw

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
CONTEXT = [
    "https://w3id.org/ro/crate/1.1/context",
    {
        "Sample": "https://bioschemas.org/Sample",
        "sha256": "https://w3id.org/ro/terms/workflow-run#sha256",
    },
]
SAMPLES = [f"https://samples.test/{n}" for n in (1, 2)]
FILES = [f"https://data.test/{n}.csv" for n in (1, 2, 3)]
TOOL, PERSON = "https://tools.test/flow", "https://orcid.org/0000-0002-1825-0097"
DOI = "https://doi.org/10.5072/kg-leak-1"
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
IDS = ("alpha", "beta", "gamma", "alpha/inner")


@dataclass(frozen=True)
class Taken:
    """A source comes in. ``sample``, ``used`` and ``made`` say which of the shared things."""

    source: str
    shown: tuple[Visibility, tuple[str, ...]]
    number: int
    sample: int = 0
    used: int = 0
    made: int = 1
    doi: bool = False
    same_content: bool = False


@dataclass(frozen=True)
class Gone:
    """A source is withdrawn."""

    source: str


@dataclass(frozen=True)
class Judged:
    """A steward decides on two things."""

    first: str
    second: str
    verdict: Verdict


Event = Taken | Gone | Judged


def crate_of(folder: Path, taken: Taken) -> Path:
    """The crate that a source is at that point, always the same for the same event."""
    path = folder / f"{taken.source.replace('/', '-')}-{taken.number}-{hash_of(taken)}"
    if path.exists():
        return path
    more: dict[str, Any] = {"identifier": DOI} if taken.doi else {}
    content = {"sha256": SHA256, "contentSize": "2048"} if taken.same_content else {}
    sample = SAMPLES[taken.sample]
    return crate(
        path,
        {"@id": sample, "@type": "Sample", "name": "plant one", **more},
        {"@id": "own", "@type": "Sample", "name": f"plant of {taken.source}", **more},
        {
            "@id": "#run",
            "@type": "CreateAction",
            "name": f"measuring {taken.number}",
            "object": ref(sample, "own", FILES[taken.used]),
            "result": ref(FILES[taken.made], "result.csv"),
            "instrument": ref(TOOL),
            "agent": ref(PERSON),
        },
        {"@id": FILES[taken.used], "@type": "File", "name": "spectrum"},
        {"@id": FILES[taken.made], "@type": "File", "name": "table", "unheard": "of"},
        {"@id": "result.csv", "@type": "File", "name": "result.csv", **content},
        {"@id": TOOL, "@type": "SoftwareApplication", "name": "flow", "version": "2.3"},
        {"@id": PERSON, "@type": "Person", "name": f"Ada of {taken.source}"},
        context=CONTEXT,
        description=f"version {taken.number} of {taken.source}",
    )


def hash_of(taken: Taken) -> str:
    return f"{taken.sample}{taken.used}{taken.made}{int(taken.doi)}{int(taken.same_content)}"


@contextmanager
def frozen_time(moment: datetime) -> Iterator[None]:
    """What is written is dated so."""

    class Frozen(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return moment

    with (
        patch.object(catalogue, "datetime", Frozen),
        patch.object(decisions, "datetime", Frozen),
        patch.object(withdrawing, "datetime", Frozen),
    ):
        yield


def make_store(
    folder: Path, crates: Path, alignment: Alignment, events: Sequence[tuple[int, Event]]
) -> Settings:
    """A store of some events, each with its place in the history, by which it is dated."""
    return fill_store(Settings(store=str(folder), base=BASE), crates, alignment, events)


def fill_store(
    settings: Settings, crates: Path, alignment: Alignment, events: Sequence[tuple[int, Event]]
) -> Settings:
    """The same for a store that may be on a server."""
    store = open_writer(settings)
    try:
        keep_vocabulary(store, alignment, resource_folder("ontologies"))
        store.publish()
        for place, event in events:
            with frozen_time(START + timedelta(days=place)):
                _happen(store, crates, alignment, event)
            store.publish()
    finally:
        store.close()
    return settings


def _happen(store: Any, crates: Path, alignment: Alignment, event: Event) -> None:
    if isinstance(event, Gone):
        withdraw(store, BASE, event.source, "it was wrong", "A. Steward")
    elif isinstance(event, Judged):
        pair = NamedNode(event.first), NamedNode(event.second)
        decide(store, pair, event.verdict, "seen on the tube", Literal("A. Steward"))
    else:
        visibility, groups = event.shown
        decided = Decided(visibility, groups, None, START.isoformat())
        intake = Intake(store, alignment, BASE, decided)
        for report in intake.take_path(crate_of(crates, event), event.source):
            assert report is not None
            assert report.error is None, report.error


def context_of(settings: Settings) -> ServiceContext:
    """The service over a store."""
    return ServiceContext(
        graph=open_graph(settings),
        questions=load_questions(resource_folder("queries")),
        base=BASE,
        tiers=open_tiers(settings),
    )


def known_to(caller: Caller, events: Sequence[Event]) -> list[tuple[int, Event]]:
    """What of a history a caller may know, as a model in plain words.

    All of it, where nothing is hidden. Else, of each source: nothing, where what was last taken
    in is hidden; else all since the last version that is. Of decisions: those on things that a
    source that is seen now speaks of.
    """
    if all(may_see(caller, event) for event in events if isinstance(event, Taken)):
        return list(enumerate(events))
    known: list[tuple[int, Event]] = []
    for source in IDS:
        of_source = [
            (place, event)
            for place, event in enumerate(events)
            if not isinstance(event, Judged) and event.source == source
        ]
        since: list[tuple[int, Event]] = []
        for place, event in of_source:
            if isinstance(event, Taken) and not may_see(caller, event):
                since = []
            elif since or isinstance(event, Taken):
                since.append((place, event))
        last = next((e for _, e in reversed(of_source) if isinstance(e, Taken)), None)
        if last is not None and may_see(caller, last):
            known += since
    told = things_told([event for _, event in sorted(known, key=lambda k: k[0])])
    known += [
        (place, event)
        for place, event in enumerate(events)
        if isinstance(event, Judged) and {event.first, event.second} <= told
    ]
    return sorted(known, key=lambda k: k[0])


def may_see(caller: Caller, taken: Taken) -> bool:
    visibility, groups = taken.shown
    if caller.everything or visibility is Visibility.PUBLIC:
        return True
    if visibility is Visibility.INTERNAL:
        return caller.internal
    return not caller.groups.isdisjoint(groups)


def things_told(events: Sequence[Event]) -> set[str]:
    """The shared and own things that the sources of these events speak of in the end."""
    last: dict[str, Taken | None] = {}
    for event in events:
        if isinstance(event, Taken):
            last[event.source] = event
        elif isinstance(event, Gone):
            last[event.source] = None
    told: set[str] = set()
    for taken in filter(None, last.values()):
        told |= {SAMPLES[taken.sample], FILES[taken.used], FILES[taken.made], own(taken.source)}
    return told


def own(source: str) -> str:
    """The sample that only this source speaks of."""
    return f"{BASE}/source/{source}/own"
