"""Tiers hold what they may, follow the store, and are never asked while they are behind."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from access.asking import KNOWN, client_of
from access.worlds import Event, Gone, Taken, context_of, fill_store, make_store, own
from fastapi.testclient import TestClient
from pyoxigraph import NamedNode
from service.servers import oxigraph
from support import BASE

from ingest.document import Visibility
from kg_service.access import sight, sync
from kg_service.access.caller import ANONYMOUS, OPERATOR, Caller
from kg_service.access.deciding import Decided
from kg_service.access.part import part_seen
from kg_service.access.sight import Sights, Tier
from kg_service.access.sync import bring_up_to_date, contents_told
from kg_service.access.tiers import Tiers
from kg_service.access.views import Views
from kg_service.align.engine import Alignment
from kg_service.errors import StoreBusy
from kg_service.opening import open_tiers, open_writer
from kg_service.service.app import create_app
from kg_service.settings import Settings
from kg_service.store.snapshots import SnapshotReader
from kg_service.visibility import decide_visibility

PUBLIC = Visibility.PUBLIC, ()
INTERNAL = Visibility.INTERNAL, ()
OF_A = Visibility.RESTRICTED, ("a",)
INSIDER = Caller("insider", internal=True)
MEMBER = Caller("member", groups=frozenset({"a"}))
COUNT = "SELECT (COUNT(DISTINCT ?source) AS ?n) WHERE { ?graph kg:sourceOfGraph ?source . "
COUNT += "GRAPH ?graph { ?s ?p ?o } }"
EVENTS = [Taken("alpha", PUBLIC, 1), Taken("beta", INTERNAL, 2), Taken("gamma", OF_A, 3)]


def make(folder: Path, alignment: Alignment, events: Sequence[Event] = EVENTS) -> Settings:
    return make_store(folder / "store", folder / "crates", alignment, list(enumerate(events)))


def sources_told(client: TestClient) -> int:
    """How many sources SPARQL finds statements of."""
    answer = client.get("/sparql", params={"query": COUNT})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["results"]["bindings"][0]["n"]["value"])


def decide(settings: Settings, source: str, visibility: Visibility) -> None:
    store = open_writer(settings)
    decided = Decided.written(visibility)
    assert decided is not None
    decide_visibility(store, BASE, source, decided)
    store.publish()
    store.close()


def test_sparql_is_answered_by_what_the_caller_sees(alignment: Alignment, tmp_path: Path) -> None:
    context = context_of(make(tmp_path, alignment))
    app = create_app(context, KNOWN)
    found = {}
    for caller in (ANONYMOUS, INSIDER, MEMBER, OPERATOR):
        with client_of(app, caller) as client:
            records = client.get("/sources").json()
            found[caller.name] = len(records), sources_told(client)
    # what only a group shows is not in SPARQL
    assert found == {"anonymous": (1, 1), "insider": (2, 2), "member": (2, 1), "operator": (3, 3)}


def test_a_tier_follows_each_change(alignment: Alignment, tmp_path: Path) -> None:
    settings = make(tmp_path, alignment)
    with client_of(create_app(context_of(settings), KNOWN), ANONYMOUS) as client:
        assert sources_told(client) == 1
        decide(settings, "beta", Visibility.PUBLIC)
        assert sources_told(client) == 2
        decide(settings, "alpha", Visibility.INTERNAL)
        assert sources_told(client) == 1
        assert client.get("/sources/alpha").status_code == 404
        for source in ("alpha", "gamma"):
            decide(settings, source, Visibility.PUBLIC)
        assert sources_told(client) == 3
        # all is public: the tier is the store, and the copy is gone
        assert not (tmp_path / "store" / "tiers" / "public").exists()


def test_a_tier_holds_nothing_hidden_on_disk(alignment: Alignment, tmp_path: Path) -> None:
    settings = make(tmp_path, alignment)
    context_of(settings).prepare()
    tier = SnapshotReader(tmp_path / "store" / "tiers" / "public").frozen()
    said = {str(quad) for quad in tier.quads()}
    assert any("/alpha/" in line for line in said)
    assert not [line for line in said if "/beta" in line or "/gamma" in line]


def test_the_end_of_an_embargo_is_noticed(
    alignment: Alignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make(tmp_path, alignment, [Taken("alpha", PUBLIC, 1)])
    store = open_writer(settings)
    decided = Decided.written(None, (), "2999-05-01")
    assert decided is not None
    decide_visibility(store, BASE, "alpha", decided)
    store.publish()
    store.close()
    with client_of(create_app(context_of(settings), KNOWN), ANONYMOUS) as client:
        assert sources_told(client) == 0
        before = client.get("/graphql", params={"query": "{ sources { id } }"})
        assert before.json() == {"data": {"sources": []}}

        class Later(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
                return datetime(2999, 5, 1, tzinfo=UTC)

        monkeypatch.setattr(sight, "datetime", Later)
        assert sources_told(client) == 1
        tag = {"If-None-Match": before.headers["etag"]}
        after = client.get("/graphql", params={"query": "{ sources { id } }"}, headers=tag)
        assert after.json() == {"data": {"sources": [{"id": "alpha"}]}}


def test_tags_do_not_tell_of_what_is_hidden(alignment: Alignment, tmp_path: Path) -> None:
    settings = make(tmp_path, alignment)
    app = create_app(context_of(settings), KNOWN)
    query = {"query": "{ sources { id } }"}
    with client_of(app, ANONYMOUS) as client, client_of(app, MEMBER) as member:
        tags = [c.get("/graphql", params=query).headers["etag"] for c in (client, member)]
        decide(settings, "gamma", Visibility.RESTRICTED)  # of no group any more
        for asker, tag, status in ((client, tags[0], 304), (member, tags[1], 200)):
            again = asker.get("/graphql", params=query, headers={"If-None-Match": tag})
            assert again.status_code == status
        assert tags[0] != tags[1]


@pytest.mark.parametrize("after", range(1, 9))
def test_an_interrupted_sync_is_taken_up(
    alignment: Alignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    make(tmp_path, alignment)
    reader = SnapshotReader(tmp_path / "store").frozen()
    sights = Sights(reader)
    first = part_seen(reader, sights.holdings, sights.of(MEMBER))
    then = part_seen(reader, sights.holdings, sights.of(INSIDER))
    folder = tmp_path / "tier"
    bring_up_to_date(folder, BASE, reader, first)
    commits = 0
    commit = sync.DiskStore.commit

    def interrupted(store: Any, change: Any) -> None:
        nonlocal commits
        commits += 1
        if commits == after:
            raise KeyboardInterrupt
        commit(store, change)

    monkeypatch.setattr(sync.DiskStore, "commit", interrupted)
    monkeypatch.setattr(sync, "_LINES_AT_ONCE", 20)
    try:
        bring_up_to_date(folder, BASE, reader, then)
    except KeyboardInterrupt:
        # readers still see what was there before
        old = set(SnapshotReader(folder).frozen().quads())
        assert {q.graph_name for q in old} >= first.graphs - {NamedNode("urn:none")}
        bring_up_to_date(folder, BASE, reader, then)
    tier = SnapshotReader(folder).frozen()
    assert {
        q for q in tier.quads() if str(q.graph_name).startswith("<http://kg.test/graph/")
    } == {q for graph in then.graphs for q in reader.quads(None, None, None, graph)
          if str(graph).startswith("<http://kg.test/graph/")}  # fmt: skip
    assert contents_told(then.catalogue).keys() == then.graphs


def test_a_store_on_a_server_has_tiers_beside_its_index(
    alignment: Alignment, tmp_path: Path
) -> None:
    with oxigraph(tmp_path / "server") as address:
        settings = Settings(address, base=BASE, index=str(tmp_path / "index"))
        fill_store(settings, tmp_path / "crates", alignment, list(enumerate(EVENTS)))
        app = create_app(context_of(settings), KNOWN)
        with client_of(app, ANONYMOUS) as client, client_of(app, MEMBER) as member:
            assert sources_told(client) == 1
            assert [r["id"] for r in client.get("/sources").json()] == ["alpha"]
            assert [r["id"] for r in member.get("/sources").json()] == ["alpha", "gamma"]
            decide(settings, "alpha", Visibility.INTERNAL)
            assert sources_told(client) == 0
            assert client.get("/entity", params={"id": own("alpha")}).status_code == 404
            told = member.get("/lineage", params={"id": own("gamma")}).json()
            assert {node["id"] for node in told["nodes"]} >= {own("gamma")}
            assert "alpha" not in json.dumps(told)
        assert (tmp_path / "index" / "tiers" / "public" / "current").exists()


def test_a_damaged_tier_is_made_anew(alignment: Alignment, tmp_path: Path) -> None:
    settings = make(tmp_path, alignment)
    context_of(settings).prepare()
    tier = tmp_path / "store" / "tiers" / "public"
    shutil.rmtree(tier / "snapshots")
    with client_of(create_app(context_of(settings), KNOWN), ANONYMOUS) as client:
        assert sources_told(client) == 1


def test_while_another_is_at_it_the_answer_is_503(alignment: Alignment, tmp_path: Path) -> None:
    settings = make(tmp_path, alignment)
    views = Views(SnapshotReader(tmp_path / "store"), Tiers(tmp_path / "t", BASE, wait=0.05))
    with (
        Tiers(tmp_path / "t", BASE)._locked(Tier.PUBLIC),
        pytest.raises(StoreBusy, match="another process brings this part of the store up to date"),
    ):
        views.of(ANONYMOUS)
    assert views.of(ANONYMOUS).base is Tier.PUBLIC
    assert views.of(OPERATOR).whole
    assert open_tiers(settings).folder(Tier.PUBLIC) == tmp_path / "store" / "tiers" / "public"


def test_an_older_state_never_takes_the_place_of_a_newer_one(
    alignment: Alignment, tmp_path: Path
) -> None:
    make(tmp_path, alignment)
    reader = SnapshotReader(tmp_path / "store").frozen()
    sights = Sights(reader)
    part = part_seen(reader, sights.holdings, sights.of_tier(Tier.PUBLIC))
    tiers = Tiers(tmp_path / "t", BASE)
    tiers.sync(Tier.PUBLIC, reader, part, lambda: False)
    assert tiers.at(Tier.PUBLIC, part) is None
    assert not tiers.exists(Tier.PUBLIC)


def test_withdrawing_removes_the_source_from_the_tier(alignment: Alignment, tmp_path: Path) -> None:
    settings = make(tmp_path, alignment, [*EVENTS, Gone("alpha")])
    with client_of(create_app(context_of(settings), KNOWN), ANONYMOUS) as client:
        assert sources_told(client) == 0
        assert client.get("/sources/alpha").status_code == 410
        unknown, hidden = client.get("/sources/zzzzz"), client.get("/sources/gamma")
        assert (unknown.status_code, hidden.status_code) == (404, 404)
        assert json.dumps(hidden.json()) == json.dumps(unknown.json()).replace("zzzzz", "gamma")
