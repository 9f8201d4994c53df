"""The options that all questions over lineage share: how to look, and at what of the graph."""

from __future__ import annotations

from typing import Annotated

import typer
from pyoxigraph import NamedNode

from kg_service.cli.console import out
from kg_service.errors import UsageError
from kg_service.graph import KnowledgeGraph
from kg_service.identity.evidence import Policy
from kg_service.lineage.model import Direction, Granularity, Request

IdArgument = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="An IRI, a persistent identifier in any spelling, or a name."
    ),
]
UpOption = Annotated[bool, typer.Option("--up", help="Only what it came from.")]
DownOption = Annotated[bool, typer.Option("--down", help="Only what came of it.")]
BothOption = Annotated[bool, typer.Option("--both", help="Both directions (the default).")]
DepthOption = Annotated[
    int | None, typer.Option("--depth", min=0, metavar="N", help="At most so many steps.")
]
GranularityOption = Annotated[
    Granularity,
    typer.Option(help="The finest steps recorded, or their runs."),
]
PolicyOption = Annotated[Policy, typer.Option(help="Which evidence of identity may join sources.")]
SourcesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--source", metavar="ID", help="Only what this source says; may be given several times."
    ),
]
SinceOption = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="TIME",
        help="Only activities that may have happened since: 2026, 2026-04-16, 2026-04-16T09:30Z.",
    ),
]
UntilOption = Annotated[
    str | None,
    typer.Option(
        "--until", metavar="TIME", help="Only activities that may have happened until then."
    ),
]
KindsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--kind",
        metavar="KIND",
        help="Show only this kind of thing, such as Specimen or File; may be given several times.",
    ),
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help="As it was known at a time (2026-05-01T12:00:00Z; a date is its end; in UTC), or "
        "with a version of a source (SOURCE@VERSION; kg history lists them).",
    ),
]


def direction_chosen(up: bool, down: bool, both: bool) -> Direction:
    """The direction that is asked for. Raises UsageError where several are."""
    if up + down + both > 1:
        raise UsageError("give one of --up, --down and --both")
    return Direction.UP if up else Direction.DOWN if down else Direction.BOTH


def looking(
    graph: KnowledgeGraph,
    start: NamedNode,
    *,
    depth: int | None = None,
    granularity: Granularity = Granularity.STEP,
    policy: Policy = Policy.DEFAULT,
    sources: list[str] | None = None,
    since: str | None = None,
    until: str | None = None,
    kinds: list[str] | None = None,
) -> Request:
    """A request from options. Raises NotKnown, Withdrawn, UsageError."""
    chosen = graph.filter(sources or (), since, until, kinds or ())
    return Request(
        start, depth=depth, granularity=granularity, policy=policy, filter=chosen
    )  # fmt: skip


def print_ending(complete: bool, stopped: tuple[str, ...], all_of_it: str) -> None:
    """Whether an answer is complete, and where and why it stopped."""
    out.print(f"complete: {all_of_it}" if complete else "not complete")
    for sentence in stopped:
        out.print(f"  {sentence}")
