"""Lineage as of a time equals what a store answered then, whatever happened since."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Store
from support import BASE, crate, ref

from ingest.discover import Found, discover
from kg_service.align.engine import Alignment
from kg_service.errors import NotKnown, Refused, StoreError, UsageError
from kg_service.export.formats import format_named
from kg_service.graph import KnowledgeGraph
from kg_service.history.archive import Archive
from kg_service.history.keeping import KeepingStore
from kg_service.history.kept import State, prune
from kg_service.identity.decisions import Verdict, decide
from kg_service.intake import Intake
from kg_service.lineage.model import Request
from kg_service.opening import load_alignment
from kg_service.realign import realign
from kg_service.store.embedded import OxigraphStore
from kg_service.store.port import Change
from kg_service.store.side import IndexedStore
from kg_service.withdraw import withdraw

_SOURCES = ("one", "two")
_VERSIONS = 3
_DOI = "https://doi.org/10.5072/shared"


def _write(folder: Path, source: str, version: int) -> Path:
    """Versions of a source differ in what a run made, and in what it shares with the other."""
    run = {
        "@id": "#run",
        "@type": "CreateAction",
        "object": ref("in", *(["more"] if version else [])),
        "result": ref(f"out{version}"),
    }
    shared = {"identifier": _DOI} if version != 1 else {}
    files = [{"@id": name, "@type": "File"} for name in ("more", f"out{version}")]
    return crate(folder, run, {"@id": "in", "@type": "File", "name": source, **shared}, *files)


@dataclass
class _World:
    """A store that keeps its past, and a copy of it as it was after each step."""

    alignment: Alignment
    folder: Path
    inner: OxigraphStore = field(default_factory=OxigraphStore)
    steps: list[tuple[datetime, Store]] = field(default_factory=list)
    withdrawn: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.archive = Archive(self.folder / "history")
        self.store = KeepingStore(IndexedStore(self.inner, ()), self.archive)
        self.sources: dict[tuple[str, int], Found] = {}

    @property
    def graph(self) -> KnowledgeGraph:
        return KnowledgeGraph(self.store, self.alignment, archive=self.archive)

    def ingest(self, source: str, version: int) -> None:
        if (source, version) not in self.sources:
            path = _write(self.folder / f"{source}-{version}", source, version)
            (found,) = (f for f in discover(path) if isinstance(f, Found))
            self.sources[source, version] = found
        intake = Intake(self.store, self.alignment, BASE)
        report = intake.take(self.sources[source, version], source)
        assert report.error is None

    def withdraw(self, source: str) -> None:
        try:
            withdraw(self.store, BASE, source, "it was wrong", "someone")
            self.withdrawn.append((len(self.steps), source))
        except NotKnown:
            pass

    def decide(self, verdict: Verdict) -> None:
        pair = (_node("one", "more"), _node("two", "more"))
        decide(self.store, pair, verdict, "seen", Literal("someone"))

    def freeze(self) -> None:
        copy = Store()
        copy.extend(self.inner.quads())
        self.steps.append((datetime.now(UTC), copy))

    def then(self, step: int, alignment: Alignment | None = None) -> KnowledgeGraph:
        """What was known after a step, but for what was withdrawn later."""
        copy = Store()
        copy.extend(self.steps[step][1])
        store = OxigraphStore(copy)
        for when, source in self.withdrawn:
            if when > step:
                with suppress(NotKnown):  # it was not there yet, or withdrawn then as well
                    withdraw(store, BASE, source, "it was wrong", "someone")
        return KnowledgeGraph(store, alignment or self.alignment)


def _node(source: str, name: str) -> NamedNode:
    return NamedNode(f"{BASE}/source/{source}/{name}")


def _told(graph: KnowledgeGraph) -> list[Any]:
    """All that can be asked: the sources, and the lineage of some things."""
    found: list[Any] = [(r.id, r.version, r.graphs, r.ingested) for r in graph.sources()]
    for source in _SOURCES:
        for name in ("in", "more", "#run", "out0", "out2"):
            answer = graph.lineage(Request(_node(source, name)))
            told = graph.view(answer).as_json()
            told.pop("asOf", None)
            for edge in told["edges"]:
                edge.pop("by")
            told["edges"].sort(key=str)
            found.append(told)
    return found


_steps = st.lists(
    st.one_of(
        st.tuples(st.just("ingest"), st.sampled_from(_SOURCES), st.integers(0, _VERSIONS - 1)),
        st.tuples(st.just("withdraw"), st.sampled_from(_SOURCES), st.just(0)),
        st.tuples(st.just("decide"), st.sampled_from(list(Verdict)), st.just(0)),
    ),
    min_size=1,
    max_size=6,
)


@contextmanager
def _world() -> Iterator[_World]:
    with TemporaryDirectory() as folder:
        yield _World(_ALIGNMENT, Path(folder))


_ALIGNMENT = load_alignment()


@settings(max_examples=25, deadline=None)
@given(_steps)
def test_every_earlier_state_is_answered_as_it_was(steps: list[tuple[str, Any, int]]) -> None:
    with _world() as world:
        world.freeze()
        for what, argument, version in steps:
            if what == "ingest":
                world.ingest(argument, version)
            elif what == "withdraw":
                world.withdraw(argument)
            else:
                world.decide(argument)
            world.freeze()
        for number, (moment, _state) in enumerate(world.steps):
            past = world.graph.as_of(moment.isoformat())
            assert _told(past) == _told(world.then(number)), (number, steps)
            assert past.past is not None
            assert not past.past.missing


@pytest.fixture
def world(tmp_path: Path, alignment: Alignment) -> _World:
    return _World(alignment, tmp_path)


def test_before_the_first_ingest_nothing_is_known(world: _World) -> None:
    world.freeze()
    world.ingest("one", 0)
    before = world.graph.as_of(world.steps[0][0].isoformat())
    assert world.graph.resolve(_node("one", "in").value)
    for written in (_node("one", "in").value, "one", f"{BASE}/source/one", _DOI):
        with pytest.raises(NotKnown):
            before.resolve(written)


def test_the_order_of_ingest_does_not_matter_later(tmp_path: Path, alignment: Alignment) -> None:
    told = []
    for order in (_SOURCES, _SOURCES[::-1]):
        made = _World(alignment, tmp_path / order[0])
        for source in order:
            made.ingest(source, 0)
        made.freeze()
        for source in order:
            made.ingest(source, 2)
        told.append(_told(made.graph.as_of(made.steps[0][0].isoformat()))[len(_SOURCES) :])
    assert told[0] == told[1]


def test_a_version_means_the_last_moment_at_which_it_was_there(world: _World) -> None:
    world.ingest("one", 0)
    world.ingest("two", 0)
    world.freeze()
    world.ingest("one", 1)
    (first, _second) = (k.period for k in world.graph.history()[NamedNode(f"{BASE}/source/one")])
    at_version = world.graph.as_of(f"one@{first.sha256[:8]}")
    assert _told(at_version) == _told(world.then(0))
    with pytest.raises(NotKnown, match=first.sha256[:16]):
        world.graph.as_of("one@0000000")
    with pytest.raises(NotKnown, match="no source 'three'"):
        world.graph.as_of("three@0000000")


@pytest.mark.parametrize("written", ["", "yesterday", "2026-13-01", "one@", "12:00"])
def test_what_is_no_time_is_refused(world: _World, written: str) -> None:
    with pytest.raises(UsageError, match="2026-05-01T12:00:00Z"):
        world.graph.as_of(written)


@pytest.mark.parametrize("zone", ["+00:00", "Z", "", " 00:00"])
def test_times_are_in_utc_unless_they_say_otherwise(world: _World, zone: str) -> None:
    past = world.graph.as_of("2026-05-01T12:00:00" + zone).past
    assert past is not None
    assert past.moment == datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_realigned_there_and_back_each_state_is_answered(world: _World, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "lab.ttl").write_text(
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        "@prefix schema: <http://schema.org/> .\n"
        "@prefix prov: <http://www.w3.org/ns/prov#> .\n"
        "schema:hasPart skos:closeMatch prov:wasDerivedFrom .\n"
    )
    own = load_alignment([str(folder)])
    made = (world.alignment, own, world.alignment)
    world.ingest("one", 2)
    world.freeze()
    for alignment in made[1:]:
        assert all(realigned.changed for realigned in realign(world.store, alignment))
        world.freeze()
    states = [k.state for k in world.graph.history()[NamedNode(f"{BASE}/source/one")]]
    assert states == [State.ARCHIVED, State.ARCHIVED, State.CURRENT]
    for number, alignment in enumerate(made):
        past = world.graph.as_of(world.steps[number][0].isoformat())
        assert _told(past) == _told(world.then(number, alignment))


def test_a_date_is_the_end_of_that_day(world: _World) -> None:
    past = world.graph.as_of("2026-05-01").past
    assert past is not None
    assert past.moment == datetime(2026, 5, 1, 23, 59, 59, 999_999, tzinfo=UTC)


def test_the_archived_grade_and_version_are_given(world: _World) -> None:
    world.ingest("one", 0)
    world.freeze()
    world.ingest("one", 1)
    past = world.graph.as_of(world.steps[0][0].isoformat())
    view = past.view(past.lineage(Request(_node("one", "out0"))))
    assert {(e.kind.value, e.grade) for e in view.edges} == {
        ("generated", "close"),
        ("used", "mapped"),
    }
    assert all(e.by.startswith("version ") and " of one, until " in e.by for e in view.edges)


def test_what_was_pruned_makes_the_answer_incomplete(world: _World) -> None:
    world.ingest("one", 0)
    world.ingest("two", 0)
    world.freeze()
    world.ingest("one", 1)
    assert len(prune(world.store, world.archive, "one", None)) == 1
    states = [k.state for k in world.graph.history()[NamedNode(f"{BASE}/source/one")]]
    assert states == [State.PRUNED, State.CURRENT]
    past = world.graph.as_of(world.steps[0][0].isoformat())
    view = past.view(past.lineage(Request(_node("two", "in"))))
    assert not view.complete
    (sentence,) = view.stopped
    assert "what one said in version" in sentence
    assert "it was pruned on" in sentence
    with pytest.raises(NotKnown, match="it was pruned on"):
        past.resolve(_node("one", "out0").value)


def test_what_was_replaced_before_history_was_kept_is_told(tmp_path: Path) -> None:
    world = _World(_ALIGNMENT, tmp_path)
    kept, world.store = world.store, IndexedStore(world.inner, ())  # type: ignore[assignment]
    world.ingest("one", 0)
    world.freeze()
    world.ingest("one", 1)
    world.store = kept
    at = world.steps[0][0].isoformat()
    request = Request(_node("one", "in"))
    answer = world.graph.as_of(at).lineage(request)
    assert "before history was kept" in answer.missing[0]
    without = KnowledgeGraph(world.inner, _ALIGNMENT).as_of(at).lineage(request)
    assert "no history is kept" in without.missing[0]
    assert not answer.complete
    assert not without.complete


def test_a_withdrawn_source_leaves_nothing_behind(world: _World, tmp_path: Path) -> None:
    world.ingest("one", 0)
    world.freeze()
    world.ingest("one", 1)
    assert any((tmp_path / "history").glob("*/*.nq.gz"))
    world.withdraw("one")
    assert [p for p in (tmp_path / "history").rglob("*") if p.is_file()] == []
    world.ingest("one", 2)
    past = world.graph.as_of(world.steps[0][0].isoformat())
    assert past.sources() == []
    with pytest.raises(NotKnown):
        past.resolve(_node("one", "in").value)


def test_queries_see_the_present_only(world: _World) -> None:
    past = world.graph.as_of("2026-05-01")
    with pytest.raises(Refused, match="SPARQL"):
        past.reader.query("SELECT * { ?s ?p ?o }")


def test_a_change_that_was_not_made_leaves_no_past(world: _World) -> None:
    world.ingest("one", 0)
    (kept,) = world.graph.history().values()
    world.archive.keep(kept[0].period.source, kept[0].period.since, iter(()), ())
    assert [k.state for k in next(iter(world.graph.history().values()))] == [State.CURRENT]
    KeepingStore(world.store, world.archive)
    assert not world.archive.of(kept[0].period.source)


def test_a_commit_that_fails_changes_neither_present_nor_past(
    world: _World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.ingest("one", 0)
    world.freeze()
    before = _told(world.graph)

    def fail(_self: object, _change: Change) -> None:
        raise StoreError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(OxigraphStore, "commit", fail)
        with pytest.raises(StoreError, match="no room"):
            world.ingest("one", 1)
    assert _told(world.graph) == before
    assert _told(world.graph.as_of(datetime.now(UTC).isoformat())) == before
    world.ingest("one", 1)
    assert _told(world.graph.as_of(world.steps[0][0].isoformat())) == before


def test_as_of_now_is_the_present(world: _World) -> None:
    for source in _SOURCES:
        world.ingest(source, 0)
        world.ingest(source, 2)
    world.decide(Verdict.CONFIRMED)
    assert _told(world.graph.as_of(datetime.now(UTC).isoformat())) == _told(world.graph)


def test_questions_over_lineage_tell_the_archived_grade(world: _World) -> None:
    world.ingest("one", 0)
    world.freeze()
    world.ingest("one", 1)
    past = world.graph.as_of(world.steps[0][0].isoformat())
    found = past.paths(Request(_node("one", "in")), _node("one", "out0"))
    told = str(found.as_json())
    assert "of one, until " in told
    assert "close" in told


def _asked(graph: KnowledgeGraph) -> list[Any]:
    """The answers to all questions over lineage; of one that can not be asked, why."""
    start, other, out = _node("one", "in"), _node("two", "in"), _node("one", "out0")
    form = format_named("prov-json")
    questions: tuple[Callable[[], Any], ...] = (
        lambda: graph.paths(Request(start), out).as_json(),
        lambda: graph.common(Request(out), [out, _node("two", "out1")]).as_json(),
        lambda: graph.affected(Request(start)).as_json(),
        lambda: graph.gaps(Request(out)).as_json(),
        lambda: graph.differences(Request(out), _node("two", "out1")).as_json(),
        lambda: graph.results(start).as_json(),
        lambda: graph.specimens_of(out).as_json(),
        lambda: graph.table("one").as_json(),
        lambda: json.loads(graph.export(Request(other), form).content),
    )
    answers = []
    for question in questions:
        try:
            answers.append(_without_by(question()))
        except (NotKnown, UsageError) as error:
            answers.append(type(error).__name__)
    return answers


def _without_by(told: Any) -> Any:
    """Without what explains a grade: of an archived graph it names the version instead."""
    if isinstance(told, dict):
        # of a source that came back, what was before is not told, nor that it was withdrawn then
        unknown = told.get("gap") in ("withdrawn", "not-described")
        left_out = _EXPLAINING | {"gap", "missing", "mend"} if unknown else _EXPLAINING
        return {k: _without_by(v) for k, v in told.items() if k not in left_out}
    return sorted(map(_without_by, told), key=str) if isinstance(told, list) else told


_EXPLAINING = {"by", "kg:by", "generatedAtTime", "prov:generatedAtTime"}


@settings(max_examples=10, deadline=None)
@given(_steps)
def test_every_question_is_answered_as_it_was(steps: list[tuple[str, Any, int]]) -> None:
    with _world() as world:
        for what, which, version in steps:
            if what == "ingest":
                world.ingest(which, version)
            elif what == "withdraw":
                world.withdraw(which)
            else:
                world.decide(which)
            world.freeze()
        for step, (time, _) in enumerate(world.steps):
            past = world.graph.as_of(time.isoformat())
            assert _asked(past) == _asked(world.then(step))


def test_every_question_says_what_is_not_known_any_more(world: _World) -> None:
    world.ingest("one", 0)
    world.ingest("two", 0)
    world.freeze()
    world.ingest("one", 1)
    prune(world.store, world.archive, "one", None)
    past = world.graph.as_of(world.steps[0][0].isoformat())
    start, out = _node("two", "in"), _node("two", "out0")
    for answer in (
        past.paths(Request(start), out), past.common(Request(out), [out, start]),
        past.affected(Request(start)), past.gaps(Request(out)), past.results(start),
        past.specimens_of(out), past.table("two"),
    ):  # fmt: skip
        assert not answer.complete
        assert any("it was pruned on" in sentence for sentence in answer.stopped), answer
