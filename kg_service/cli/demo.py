"""``kg demo``: the example in three sources, from specimen to results, and then the service."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from kg_service.cli.ask import print_answer
from kg_service.cli.console import out
from kg_service.cli.serve import DEFAULT_HOST, DEFAULT_PORT, serve_store
from kg_service.cli.tree import lineage_lines
from kg_service.errors import KgError
from kg_service.intake import Intake
from kg_service.lineage.model import Direction, Request
from kg_service.opening import base_of, load_alignment, open_graph, open_writer
from kg_service.questions.keeping import keep_own_graphs
from kg_service.resources import resource_folder
from kg_service.settings import Settings

_SPECIMEN = "barley-plant-01"
_QUESTIONS: tuple[tuple[str, dict[str, str]], ...] = (
    ("results-of-specimen", {"specimen": _SPECIMEN}),
    ("cq7", {}),
    ("datasets-of-proposal", {"proposal": "LS-4711"}),
)


def demo(
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the example when it is shown.")
    ] = True,
    host: Annotated[str, typer.Option(help="The address to serve at.")] = DEFAULT_HOST,
    port: Annotated[int, typer.Option(help="The port to serve at.")] = DEFAULT_PORT,
) -> None:
    """Ingest the example, follow a plant to its results, answer three questions, and serve."""
    with tempfile.TemporaryDirectory(prefix="kg-demo-") as folder:
        settings = Settings(store=str(Path(folder) / "store"), base=f"http://{host}:{port}")
        _ingest(settings)
        _show_chain(settings)
        for question, given in _QUESTIONS:
            options = "".join(f" --param {name}={value}" for name, value in given.items())
            out.print(f"\n$ kg ask {question}{options}\n")
            print_answer(settings, question, given)
        if serve:
            out.print(f"\nserving at http://{host}:{port}/ (stop it with Ctrl-C)")
            serve_store(settings, host, port)


def _ingest(settings: Settings) -> None:
    example = resource_folder("examples") / "barley-roots"
    out.print("$ kg ingest examples/barley-roots\n")
    store = open_writer(settings)
    try:
        alignment = load_alignment()
        keep_own_graphs(store, alignment, base_of(settings))
        for report in Intake(store, alignment, base_of(settings)).take_path(example):
            if report is None:
                continue
            if report.error:
                raise KgError(report.error)
            out.print(
                f"{report.outcome.value} {report.source_id} ({report.format}): "
                f"{report.asserted} triples asserted, {report.aligned} aligned"
            )
        store.publish()
    finally:
        store.close()


def _show_chain(settings: Settings) -> None:
    out.print(f"\n$ kg lineage {_SPECIMEN} --down\n")
    graph = open_graph(settings)
    answer = graph.lineage(Request(graph.resolve(_SPECIMEN), Direction.DOWN))
    for line in lineage_lines(answer, graph.view(answer)):
        out.print(line)
