"""A replica says what its server says, and never what it said before."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Quad
from service.servers import oxigraph
from support import EXAMPLE, crate

from kg_service.access.replica import Replica
from kg_service.align.engine import Alignment
from kg_service.errors import StoreError
from kg_service.intake import Intake
from kg_service.opening import open_reader
from kg_service.settings import Settings
from kg_service.store.port import GraphReader
from kg_service.store.remote import RemoteStore
from kg_service.terms import JOURNAL
from kg_service.withdraw import withdraw

BASE = "http://kg.test"


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with oxigraph(tmp_path / "server") as there:
        yield there


@pytest.fixture
def settings(address: str, tmp_path: Path) -> Settings:
    return Settings(address, BASE, data=str(tmp_path / "data"), server={"KG_STORE_READ": "replica"})


def facts(reader: GraphReader) -> set[Quad]:
    """All statements but those of journals and with blank nodes, which engines rename."""
    return {q for q in reader.quads() if q.graph_name != JOURNAL and "_:" not in str(q)}


def ingest(address: str, alignment: Alignment, path: Path, id_: str | None = None) -> None:
    store = RemoteStore(address, writer=True)
    for report in Intake(store, alignment, BASE).take_path(path, id_):
        assert report is None or report.error is None
    store.close()


def test_it_follows_the_server(
    address: str, settings: Settings, alignment: Alignment, tmp_path: Path
) -> None:
    ingest(address, alignment, EXAMPLE)
    remote, replica = RemoteStore(address), open_reader(settings)
    assert isinstance(replica, Replica)
    assert facts(replica) == facts(remote)
    before, generation = replica.frozen(), replica.generation()
    old = facts(before)
    path = crate(tmp_path / "late", {"@id": "a.txt", "@type": "File", "name": "first"})
    ingest(address, alignment, path, "late")
    assert facts(replica) == facts(remote) != old
    assert replica.generation() != generation
    assert facts(before) == old  # a state that is read stays as it is
    crate(tmp_path / "late", {"@id": "a.txt", "@type": "File", "name": "second"})
    ingest(address, alignment, path, "late")
    assert facts(replica) == facts(remote)
    store = RemoteStore(address, writer=True)
    withdraw(store, BASE, "late", "it was a test")
    store.close()
    assert facts(replica) == facts(remote)
    assert facts(open_reader(settings)) == facts(remote)  # another process, the same folder


def test_what_was_interrupted_or_damaged_is_made_anew(
    address: str, settings: Settings, alignment: Alignment, tmp_path: Path
) -> None:
    ingest(address, alignment, EXAMPLE)
    replica = open_reader(settings)
    wanted = facts(replica)
    (tmp_path / "data" / "replica.state").unlink()  # as if it had ended in the middle
    assert facts(open_reader(settings)) == wanted
    (tmp_path / "data" / "replica.state").unlink()
    (tmp_path / "data" / "replica" / "kg-store.json").write_text("damaged")
    assert facts(open_reader(settings)) == wanted


def test_it_is_not_read_while_the_server_is_gone(tmp_path: Path, alignment: Alignment) -> None:
    with oxigraph(tmp_path / "server") as address:
        ingest(address, alignment, EXAMPLE)
        told = Settings(
            address, BASE, data=str(tmp_path / "data"), server={"KG_STORE_READ": "replica"}
        )
        replica = open_reader(told)
        assert facts(replica)
    with pytest.raises(StoreError, match="nothing answers there"):
        replica.frozen()
