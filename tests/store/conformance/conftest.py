"""The four stores that the same tests run on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from service.servers import oxigraph
from store.virtuoso import Virtuoso, virtuoso

from kg_service.store.disk import DiskStore
from kg_service.store.embedded import OxigraphStore
from kg_service.store.endpoint import Endpoint
from kg_service.store.port import GraphReader, GraphStore
from kg_service.store.remote import RemoteStore
from kg_service.store.snapshots import SnapshotReader

KINDS = ("memory", "disk", "oxigraph", "virtuoso")
BASE = "http://kg.test"


@pytest.fixture(scope="session")
def oxigraph_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as address:
        yield address


@pytest.fixture(scope="session")
def virtuoso_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as server:
        yield server


@dataclass(frozen=True)
class Place:
    """An empty store of one kind. ``address`` is what ``--store`` takes, empty in memory."""

    kind: str
    address: str
    write: Callable[[], GraphStore]
    read: Callable[[], GraphReader]

    @property
    def is_remote(self) -> bool:
        return self.address.startswith("sparql+")


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    kind: str = request.param
    if kind == "memory":
        store = OxigraphStore()
        return Place(kind, "", lambda: store, lambda: store)
    if kind == "disk":
        folder = tmp_path / "store"
        return Place(
            kind, str(folder), lambda: DiskStore(folder, BASE), lambda: SnapshotReader(folder)
        )
    if kind == "oxigraph":
        address = request.getfixturevalue("oxigraph_server")
        Endpoint.from_address(address).update("CLEAR ALL")
    else:
        server = request.getfixturevalue("virtuoso_server")
        server.clear()
        address = server.address
    return Place(
        kind, address, lambda: RemoteStore(address, writer=True), lambda: RemoteStore(address)
    )


@pytest.fixture
def store(place: Place) -> Iterator[GraphStore]:
    opened = place.write()
    yield opened
    opened.close()
