"""``kg serve``: the HTTP service over a store."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from kg_service.cli.console import BaseOption, MappingsOption, StoreOption, err
from kg_service.errors import UsageError
from kg_service.opening import base_of, open_graph
from kg_service.questions import load_questions
from kg_service.resources import resource_folder
from kg_service.settings import Settings
from kg_service.store.address import shown

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000


def serve(
    host: Annotated[str, typer.Option(help="The address to serve at.")] = DEFAULT_HOST,
    port: Annotated[int, typer.Option(help="The port to serve at.")] = DEFAULT_PORT,
    store: StoreOption = None,
    base: BaseOption = None,
    mappings: MappingsOption = None,
) -> None:
    """Serve SPARQL, GraphQL, the questions and the sources over HTTP, read only.

    What is ingested meanwhile is served as soon as it is in.
    """
    settings = Settings.from_environment(store, base, mappings or ())
    err.print(f"serving {shown(settings.store)} at http://{host}:{port}/ (stop with Ctrl-C)")
    serve_store(settings, host, port)


def serve_store(settings: Settings, host: str, port: int) -> None:
    """Serve a store until stopped. Raises StoreError where there is none."""
    # the web stack takes longer to import than most commands take to run
    from kg_service.service.app import ServiceContext, run
    from kg_service.service.logs import set_up_logs

    set_up_logs(os.environ)
    drain_s = _seconds("KG_DRAIN_S")
    context = ServiceContext(
        graph=open_graph(settings),
        questions=load_questions(resource_folder("queries")),
        base=base_of(settings),
    )
    run(context, host, port, drain_s)


def _seconds(name: str) -> float:
    told = os.environ.get(name, "") or "0"
    if not told.isdigit():
        raise UsageError(f"{name}: {told!r} is no number of seconds")
    return float(told)
