"""The index beside a store: whatever becomes of its files, answers are those of the store."""

from __future__ import annotations

import gc
import shutil
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
from service.servers import oxigraph
from support import EXAMPLE, crate, ref

from kg_service.graph import KnowledgeGraph
from kg_service.identity.decisions import Verdict, decide
from kg_service.index.folder import IndexFolder
from kg_service.index.lineage import LineageIndex
from kg_service.index.verify import IndexStatus, status
from kg_service.index.writer import IndexWriter
from kg_service.intake import Intake
from kg_service.lineage.asked import lineage_asked
from kg_service.lineage.model import Direction, EdgeKind, Granularity, Lineage, Request
from kg_service.opening import index_folder, load_alignment, open_graph, open_reader, open_writer
from kg_service.realign import realign
from kg_service.settings import Settings
from kg_service.store.grades import Grade
from kg_service.withdraw import withdraw

BASE = "http://127.0.0.1:8000"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(str(tmp_path / "store"))
    ingest(settings, EXAMPLE)
    return settings


def ingest(settings: Settings, *paths: Path) -> None:
    store = open_writer(settings)
    try:
        for path in paths:
            for report in Intake(store, load_alignment(), BASE).take_path(path):
                assert report is None or report.error is None, report
        store.publish()
    finally:
        store.close()


def same_as_the_store(settings: Settings, name: str = "traits.csv") -> set[str]:
    """Ask index and store for a lineage; both agree. The labels of its nodes."""
    graph = open_graph(settings)
    reader = graph.reader.frozen()
    for direction in Direction:
        for granularity in Granularity:
            request = Request(graph.resolve(name), direction, granularity=granularity)
            answer, asked = graph.lineage(request), lineage_asked(request, reader)
            assert told(answer) == told(asked)
    return {n.thing.label for n in graph.view(answer).nodes}


def told(answer: Lineage) -> object:
    nodes = {
        (n.iri, n.kind, n.depth, n.container, frozenset(n.stops)) for n in answer.nodes.values()
    }
    return nodes, {edge._replace(grade=None) for edge in answer.edges}


def state_of(settings: Settings) -> IndexStatus:
    return status(index_folder(settings), open_reader(settings).frozen(), verify=True)


def a_segment(settings: Settings) -> Path:
    return next(index_folder(settings).path.glob("*.segment"))


def test_it_is_fed_at_ingest_and_says_what_the_store_says(settings: Settings) -> None:
    assert "barley-plant-01" in same_as_the_store(settings)
    now = state_of(settings)
    assert now.is_sound
    assert (now.graphs, now.missing, now.segments) == (6, (), 1)
    assert now.rows > 50


def _remove(settings: Settings) -> None:
    shutil.rmtree(index_folder(settings).path)


def _flip_a_byte(settings: Settings) -> None:
    path = a_segment(settings)
    content = bytearray(path.read_bytes())
    content[content.rindex(b"barley")] ^= 0x01
    path.write_bytes(bytes(content))


def _cut_off(settings: Settings) -> None:
    path = a_segment(settings)
    path.write_bytes(path.read_bytes()[:-100])


def _empty_a_segment(settings: Settings) -> None:
    a_segment(settings).write_bytes(b"")


def _lose_a_segment(settings: Settings) -> None:
    a_segment(settings).unlink()


def _damage_the_manifest(settings: Settings) -> None:
    path = index_folder(settings).path / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"nextGraph": ', b'"nextGraph": 1'))


def _damage_the_header(settings: Settings) -> None:
    path = a_segment(settings)
    path.write_bytes(path.read_bytes().replace(b'"rows"', b'"Rows"', 1))


@pytest.mark.parametrize(
    "damage",
    [
        _remove, _flip_a_byte, _cut_off, _empty_a_segment, _lose_a_segment, _damage_the_manifest,
        _damage_the_header,
    ],
)  # fmt: skip
def test_damage_is_found_and_put_right(
    settings: Settings, damage: Callable[[Settings], None], tmp_path: Path
) -> None:
    before = same_as_the_store(settings)
    damage(settings)
    assert same_as_the_store(settings) == before
    assert not state_of(settings).is_sound
    # the next that writes to the store makes the index anew
    ingest(settings, crate(tmp_path / "other", {"@id": "a.txt", "@type": "File"}))
    assert state_of(settings).is_sound
    assert same_as_the_store(settings) == before


def test_what_was_written_without_the_index_is_found_by_readers_and_taken_in(
    settings: Settings, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    shutil.copytree(index_folder(settings).path, kept)
    ingest(settings, a_copy_elsewhere(tmp_path))
    # as after a crash between the store's publishing and the index's
    shutil.rmtree(index_folder(settings).path)
    shutil.copytree(kept, index_folder(settings).path)
    assert len(state_of(settings).missing) == 2
    assert "made elsewhere" in same_as_the_store(settings)
    writer = IndexWriter(index_folder(settings), open_reader(settings).frozen())
    writer.publish()
    writer.close()
    assert state_of(settings).is_sound


def a_copy_elsewhere(folder: Path) -> Path:
    return crate(
        folder / "elsewhere",
        {"@id": "in.csv", "@type": "File", "identifier": "https://doi.org/10.5072/barley-traits.1"},
        {"@id": "out.txt", "@type": "File", "name": "made elsewhere"},
        {"@id": "#tool", "@type": "SoftwareApplication", "name": "tool"},
        {
            "@id": "#run", "@type": "CreateAction", "instrument": ref("#tool"),
            "object": ref("https://doi.org/10.5072/barley-traits.1"), "result": ref("out.txt"),
        },
        hasPart=ref("in.csv", "out.txt"), mentions=ref("#run"),
    )  # fmt: skip


def test_a_new_source_is_seen_at_once_and_a_withdrawn_one_no_more(
    settings: Settings, tmp_path: Path
) -> None:
    graph = open_graph(settings)  # one that goes on reading, as a service does
    plant = graph.resolve("barley-plant-01")

    def labels() -> set[str]:
        now = graph.frozen()
        view = now.view(now.lineage(Request(plant, Direction.DOWN)))
        return {node.thing.label for node in view.nodes}

    before = labels()
    assert "made elsewhere" not in before
    ingest(settings, a_copy_elsewhere(tmp_path))
    assert "made elsewhere" in labels()
    source = next(s.id for s in graph.sources() if "elsewhere" in s.id)
    store = open_writer(settings)
    withdraw(store, BASE, source, "a test", "tester")
    store.publish()
    store.close()
    assert labels() == before
    assert state_of(settings).superseded == 2


def test_links_that_stewards_confirm_or_reject_are_followed(settings: Settings) -> None:
    graph = open_graph(settings)
    pair = graph.resolve("traits.csv"), graph.resolve("mask-01.tif")
    for verdict, expected in ((Verdict.CONFIRMED, True), (Verdict.FORGOTTEN, False)):
        store = open_writer(settings)
        decide(store, pair, verdict, "to see", pair[0])
        store.publish()
        store.close()
        answer = open_graph(settings).lineage(Request(pair[0], Direction.UP, depth=0))
        assert (pair[1] in answer.nodes) is expected
        same_as_the_store(settings)


def test_realigned_sources_have_new_graphs_in_the_index(settings: Settings, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "own.sssom.tsv").write_text(
        "#curie_map:\n#  schema: http://schema.org/\n#  prov: http://www.w3.org/ns/prov#\n"
        "#  skos: http://www.w3.org/2004/02/skos/core#\n"
        "#  semapv: https://w3id.org/semapv/vocab/\n#mapping_set_id: http://x.example/own\n"
        "#mapping_set_version: '1'\n#license: https://spdx.org/licenses/CC0-1.0\n"
        "record_id\tsubject_id\tpredicate_id\tobject_id\tmapping_justification\n"
        "own:1\tschema:isBasedOn\tskos:exactMatch\tprov:wasDerivedFrom\tsemapv:ManualMappingCuration\n",
        encoding="utf-8",
    )
    store = open_writer(settings)
    changed = [r for r in realign(store, load_alignment([str(own)])) if r.changed]
    store.publish()
    store.close()
    assert changed
    assert state_of(settings).is_sound
    same_as_the_store(settings)


def test_one_process_writes_at_a_time_and_the_other_leaves_it(settings: Settings) -> None:
    held = IndexFolder(index_folder(settings).path)
    assert held.acquire()
    other = IndexFolder(held.path)
    assert not other.acquire()
    held.release()
    assert other.acquire()
    other.release()


def test_a_store_without_an_index_is_asked_as_well(settings: Settings) -> None:
    reader = open_reader(settings)
    without = KnowledgeGraph(reader, load_alignment())
    in_memory = KnowledgeGraph(reader, load_alignment(), index=LineageIndex())
    request = Request(without.resolve("traits.csv"))
    assert told(without.lineage(request)) == told(in_memory.lineage(request))


def test_the_index_of_a_server_is_kept_beside_its_readers(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with oxigraph(tmp_path / "server") as address:
        remote = Settings(address)
        ingest(remote, EXAMPLE)
        assert state_of(remote).is_sound
        assert same_as_the_store(remote) == same_as_the_store(settings)
        # another machine has none, and asks the server for what it lacks
        elsewhere = Settings(address, index=str(tmp_path / "elsewhere"))
        assert same_as_the_store(elsewhere) == same_as_the_store(settings)
        assert len(state_of(elsewhere).missing) == 6


def test_a_rebuilt_index_is_one_segment(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg_service.index.writer._MOST_WAITING", 10)
    monkeypatch.setattr("kg_service.index.writer._TIER", 0)
    written: list[int] = []
    add = IndexFolder.add
    monkeypatch.setattr(IndexFolder, "add", lambda *given: written.append(given[3]) or add(*given))
    before = same_as_the_store(settings)
    writer = IndexWriter(index_folder(settings), open_graph(settings).reader)
    writer.rebuild()
    writer.close()
    assert len(written) > 2
    assert written[-1] == len(written) - 1
    assert len(index_folder(settings).state().segments) == 1
    assert state_of(settings).faults == ()
    assert same_as_the_store(settings) == before


def test_edges_have_the_grades_that_explaining_gives(settings: Settings) -> None:
    graph = open_graph(settings).frozen()
    answer = graph.lineage(Request(graph.resolve("barley-plant-01")))
    stated = [edge for edge in answer.edges if edge.kind is not EdgeKind.IDENTITY]
    assert {edge.grade for edge in stated} == {Grade.MAPPED, Grade.CLOSE}
    # where the index was made from the store alone, nothing is known of them
    writer = IndexWriter(index_folder(settings), graph.reader)
    writer.rebuild()
    writer.close()
    again = open_graph(settings).frozen()
    blank = again.lineage(answer.request)
    assert {e.grade for e in blank.edges} == {None}
    shown, before = again.view(blank), graph.view(answer)
    assert shown.nodes == before.nodes
    # their order is that of numbers, which are given anew
    assert sorted(map(str, shown.edges)) == sorted(map(str, before.edges))


def test_old_states_are_let_go(settings: Settings, tmp_path: Path) -> None:
    graph = open_graph(settings)
    plant = graph.resolve("barley-plant-01")
    seen = []
    for number in range(4):
        frozen = graph.frozen()
        frozen.lineage(Request(plant))
        seen.append(weakref.ref(frozen.reader))
        del frozen
        ingest(settings, crate(tmp_path / f"c{number}", {"@id": "a.txt", "@type": "File"}))
    graph.frozen().lineage(Request(plant))
    gc.collect()
    assert [reference() is None for reference in seen[:2]] == [True, True]
