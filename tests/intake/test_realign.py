"""Realigning: as if the source had been ingested with the new sets, without reading it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode
from support import EXAMPLE, crate, ref, take_all

from kg_service.align.engine import Alignment
from kg_service.catalogue import Catalogue
from kg_service.errors import NotKnown
from kg_service.opening import load_alignment
from kg_service.realign import realign
from kg_service.store.embedded import OxigraphStore
from kg_service.terms import CATALOGUE, prov

OWN = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix schema: <http://schema.org/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
schema:isPartOf skos:closeMatch prov:wasDerivedFrom .
"""


@pytest.fixture
def own(tmp_path: Path) -> Alignment:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "lab.ttl").write_text(OWN)
    return load_alignment([str(folder)])


def derived(store: OxigraphStore) -> dict[str, set[str]]:
    """What the derived graphs of each source say."""
    return {
        source.id: {
            str(quad.triple)
            for name in (*source.aligned_graphs, source.identity_graph)
            for quad in store.quads(None, None, None, NamedNode(name))
        }
        for source in Catalogue(store).sources()
    }


def test_realigned_is_as_ingested_with_the_new_sets(
    alignment: Alignment, own: Alignment, tmp_path: Path
) -> None:
    made = crate(
        tmp_path / "c",
        {"@id": "a.txt", "@type": "File", "isPartOf": ref("b.txt")},
        {"@id": "b.txt", "@type": "File"},
    )
    store, fresh = OxigraphStore(), OxigraphStore()
    take_all(store, alignment, EXAMPLE, made)
    take_all(fresh, own, EXAMPLE, made)
    assert derived(store) != derived(fresh)
    results = list(realign(store, own))
    assert all(result.changed for result in results)
    assert derived(store) == derived(fresh)
    assert [r.aligned for r in Catalogue(store).sources()] == [
        r.aligned for r in Catalogue(fresh).sources()
    ]
    assert any(q.predicate == prov("wasDerivedFrom") for q in store.quads())


def test_realigning_there_and_back_leaves_the_first_state(
    alignment: Alignment, own: Alignment
) -> None:
    store = OxigraphStore()
    take_all(store, alignment, EXAMPLE)
    first = derived(store)
    asserted = {q for q in store.quads() if str(q.graph_name).endswith("/asserted>")}
    assert all(r.changed for r in realign(store, own))
    assert all(r.changed for r in realign(store, alignment))
    assert not any(r.changed for r in realign(store, alignment))
    assert derived(store) == first
    assert {q for q in store.quads() if str(q.graph_name).endswith("/asserted>")} == asserted


def test_nothing_of_the_old_alignment_stays(alignment: Alignment, own: Alignment) -> None:
    store = OxigraphStore()
    take_all(store, alignment, EXAMPLE)
    list(realign(store, own))
    named = {str(g) for source in Catalogue(store).sources() for g in source.graphs}
    held = {str(q.graph_name) for q in store.quads() if q.graph_name != CATALOGUE}
    assert held == named


def test_one_source_can_be_chosen(alignment: Alignment, own: Alignment) -> None:
    store = OxigraphStore()
    take_all(store, alignment, EXAMPLE)
    (result,) = realign(store, own, ["BARLEY-ROOTS-2026"])
    assert (result.source_id, result.changed) == ("BARLEY-ROOTS-2026", True)
    with pytest.raises(NotKnown, match="no source has the id nope"):
        list(realign(store, own, ["nope"]))


def test_a_new_version_after_realigning_leaves_nothing_behind(
    alignment: Alignment, own: Alignment, tmp_path: Path
) -> None:
    store = OxigraphStore()
    folder = crate(tmp_path / "c", {"@id": "a.txt", "@type": "File"})
    take_all(store, alignment, folder)
    list(realign(store, own))
    crate(tmp_path / "c", {"@id": "b.txt", "@type": "File"})
    take_all(store, alignment, folder)
    (source,) = Catalogue(store).sources()
    held = {str(q.graph_name) for q in store.quads() if q.graph_name != CATALOGUE}
    # no thing of this crate has a key, so its identity graph holds nothing
    assert held == {str(g) for g in source.graphs} - {f"<{source.identity_graph}>"}
