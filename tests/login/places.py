"""A service with keys and uploads over a small store on disk, as tests use it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from fastapi.testclient import TestClient
from httpx import Response
from support import BASE, crate

from kg_service.access.audit import AuditLog
from kg_service.access.authority import Authority
from kg_service.access.caller import Scope
from kg_service.access.key_use import KeyUse
from kg_service.access.keys import Key, KeyRing
from kg_service.access.oidc import OidcTokens
from kg_service.align.engine import Alignment
from kg_service.graph import KnowledgeGraph
from kg_service.intake import Intake
from kg_service.opening import open_reader, open_writer
from kg_service.service.app import ServiceContext, create_app
from kg_service.service.uploads import Uploads
from kg_service.settings import Settings
from kg_service.uploads.queue import JobQueue
from kg_service.uploads.rules import UploadRules
from kg_service.uploads.worker import Worker

WRITER = (Scope.READ, Scope.WRITE)
Files = Sequence[tuple[str, tuple[str, bytes]]]


@dataclass
class Place:
    """One service, its keys and its queue; nothing works the queue off but ``work``."""

    folder: Path
    alignment: Alignment
    rules: UploadRules = field(default_factory=UploadRules)
    oidc: OidcTokens | None = None
    anonymous: bool = True
    woken: int = 0

    def __post_init__(self) -> None:
        self.settings = Settings(str(self.folder / "store"), BASE)
        self.ring = KeyRing(self.folder / "keys")
        self.queue = JobQueue(self.folder / "uploads")
        self.audit = AuditLog(self.folder / "audit.jsonl")
        store = open_writer(self.settings)
        own = crate(self.folder / "own", identifier="https://doi.org/10.5072/others")
        for report in Intake(store, self.alignment, BASE).take_path(own, "operators"):
            assert report is None or report.error is None
        store.publish()
        store.close()
        graph = KnowledgeGraph(open_reader(self.settings), self.alignment)
        self.context = ServiceContext(graph=graph, questions=(), base=BASE)
        authority = Authority(
            self.ring, KeyUse(self.folder / "keys"), self.oidc, anonymous=self.anonymous
        )
        uploads = Uploads(self.queue, self.rules, self.audit, self._wake)
        self.app = create_app(self.context, authority, uploads)
        self.client = TestClient(self.app, follow_redirects=False)

    def _wake(self) -> None:
        self.woken += 1

    def key(self, owner: str, *scopes: Scope, **options: Any) -> dict[str, str]:
        """The header of a new key."""
        wanted = Key("", owner, "", "", "tests", tuple(scopes or WRITER), **options)
        return {"Authorization": f"Bearer {self.ring.create(wanted)[1]}"}

    def work(self) -> None:
        """Do all that is in the queue."""
        Worker(self.queue, self.settings, self.audit, self.alignment, idle=0.1).run()
        assert not self.queue.waiting()

    @contextmanager
    def working(self) -> Iterator[Worker]:
        """A worker in a thread, until the block ends."""
        worker = Worker(self.queue, self.settings, self.audit, self.alignment, idle=60.0)
        thread = threading.Thread(target=worker.run, daemon=True)
        thread.start()
        try:
            yield worker
        finally:
            worker.stop()
            thread.join(30)
            assert not thread.is_alive()

    def post(self, key: Mapping[str, str], files: Files, **fields: str) -> Response:
        return self.client.post("/sources", headers=dict(key), files=list(files), data=fields)

    def uploaded(self, key: Mapping[str, str], files: Files, **fields: str) -> dict[str, Any]:
        """The job of an upload, after it was done."""
        response = self.post(key, files, **fields)
        assert response.status_code == 202, response.text
        self.work()
        told: dict[str, Any] = self.client.get(response.headers["location"], headers=key).json()
        return told

    def logged(self) -> list[dict[str, Any]]:
        """The audit log's lines."""
        path = self.folder / "audit.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def source_ids(self) -> set[str]:
        return {record.id for record in self.context.graph.sources()}


def crate_zip(folder: Path, identifier: str | None = None, **root: Any) -> tuple[str, bytes]:
    """A zipped crate: its name and its bytes."""
    told = {"identifier": identifier} if identifier else {}
    crate(folder, **told, **root)
    packed = folder.with_suffix(".zip")
    with ZipFile(packed, "w") as archive:
        archive.write(folder / "ro-crate-metadata.json", "ro-crate-metadata.json")
    return packed.name, packed.read_bytes()
