"""``kg serve``: the HTTP service over a store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg_service.access.audit import AuditLog
from kg_service.access.replica import Replica
from kg_service.access.settings import AccessSettings
from kg_service.cli.console import BaseOption, MappingsOption, StoreOption, err
from kg_service.errors import StoreError, UsageError
from kg_service.opening import (
    base_of,
    open_existing,
    open_graph,
    open_tiers,
    server_settings,
)
from kg_service.querying.following import FollowingEngine
from kg_service.querying.limits import Limits
from kg_service.querying.query import QueryEngine
from kg_service.querying.remote import RemoteEngine
from kg_service.querying.workers import Engines
from kg_service.questions import load_questions
from kg_service.resources import resource_folder
from kg_service.settings import Settings
from kg_service.store.address import shown
from kg_service.store.port import GraphReader
from kg_service.store.remote import is_remote
from kg_service.updating import Updates
from kg_service.uploads.queue import JobQueue
from kg_service.uploads.rules import UploadRules
from kg_service.uploads.supervisor import Supervisor

if TYPE_CHECKING:
    from kg_service.service.uploads import Uploads

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000


def serve(
    host: Annotated[str, typer.Option(help="The address to serve at.")] = DEFAULT_HOST,
    port: Annotated[int, typer.Option(help="The port to serve at.")] = DEFAULT_PORT,
    store: StoreOption = None,
    base: BaseOption = None,
    mappings: MappingsOption = None,
    query_timeout: Annotated[
        float | None,
        typer.Option(min=0, help="Seconds a query may take (or KG_QUERY_TIMEOUT_S); 0: no limit."),
    ] = None,
    query_workers: Annotated[
        int | None,
        typer.Option(min=1, help="Queries at the same time (or KG_QUERY_WORKERS)."),
    ] = None,
    allow_update: Annotated[
        bool,
        typer.Option(
            envvar="KG_ALLOW_UPDATE",
            help="Take SPARQL Update in stewards' graphs, from callers with the scope update.",
        ),
    ] = False,
) -> None:
    """Serve SPARQL, GraphQL, the questions and the sources over HTTP.

    What is ingested meanwhile is served as soon as it is in. Limits of queries: docs/sparql.md.
    Who has a key (kg keys) may see more, and upload sources: docs/access.md, docs/uploads.md.
    """
    limits = Limits.from_environment()
    if query_timeout is not None:
        limits = replace(limits, timeout_s=query_timeout)
    if query_workers is not None:
        limits = replace(limits, workers=query_workers)
    settings = Settings.from_environment(store, base, mappings or ())
    err.print(f"serving {shown(settings.store)} at http://{host}:{port}/ (stop with Ctrl-C)")
    serve_store(settings, host, port, limits, allow_update=allow_update)


def serve_store(
    settings: Settings,
    host: str,
    port: int,
    limits: Limits | None = None,
    *,
    allow_update: bool = False,
) -> None:
    """Serve a store until stopped. Raises StoreError where there is none."""
    # the web stack takes longer to import than most commands take to run
    from kg_service.access.authority import Authority
    from kg_service.service.app import ServiceContext, run
    from kg_service.service.logs import set_up_logs

    set_up_logs(os.environ)
    drain_s = _seconds("KG_DRAIN_S")
    base = base_of(settings)
    access = AccessSettings.from_environment(settings)
    graph = open_graph(settings)
    told = limits or Limits.from_environment()
    with (
        _engines(settings, told, graph.reader) as (engine, engines),
        _uploads(replace(settings, base=base), access) as uploads,
    ):
        context = ServiceContext(
            graph=graph,
            questions=load_questions(resource_folder("queries")),
            base=base,
            engine=engine,
            engines=engines,
            tiers=open_tiers(settings),
            updates=_updates(settings, base, engines) if allow_update else None,
            audit=AuditLog(access.audit),
        )
        context.prepare()
        run(context, host, port, Authority.from_settings(access), uploads, drain_s)


def _remote_engine(
    settings: Settings, limits: Limits, reader: GraphReader, engines: Engines
) -> QueryEngine:
    """What answers SPARQL over a server: itself, or workers over the replica that follows it."""
    if isinstance(reader, Replica):
        return FollowingEngine(reader.follow, engines.engine_for(reader.folder))
    return RemoteEngine(settings.store, limits, server_settings(settings))


@contextmanager
def _uploads(settings: Settings, access: AccessSettings) -> Iterator[Uploads | None]:
    """What takes uploads, and sees to it that they are done; None where they have no place."""
    # the web stack takes longer to import than most commands take to run
    from kg_service.service.uploads import Uploads

    if access.uploads is None:
        yield None
        return
    queue = JobQueue(access.uploads)
    supervisor = Supervisor(queue, settings, access)
    rules = UploadRules.from_environment()
    try:
        supervisor.start()
    except StoreError as error:
        # a store that can only be read is served all the same
        err.print(f"no uploads are taken: {error}")
        yield None
        return
    try:
        yield Uploads(queue, rules, AuditLog(access.audit), supervisor.wake)
    finally:
        supervisor.stop()


def _updates(settings: Settings, base: str, engines: Engines) -> Updates:
    if is_remote(settings.store):
        raise UsageError("--allow-update is for a store on disk; send updates to the server itself")
    return Updates(lambda: open_existing(settings), base, engines)


@contextmanager
def _engines(
    settings: Settings, limits: Limits, reader: GraphReader
) -> Iterator[tuple[QueryEngine, Engines]]:
    """What answers SPARQL, and the workers over tiers and stores on disk, which end with it."""
    engines = Engines(limits)
    try:
        if is_remote(settings.store):
            yield _remote_engine(settings, limits, reader, engines), engines
        else:
            yield engines.engine_for(Path(settings.store)), engines
    finally:
        engines.close()


def _seconds(name: str) -> float:
    told = os.environ.get(name, "") or "0"
    if not told.isdigit():
        raise UsageError(f"{name}: {told!r} is no number of seconds")
    return float(told)
