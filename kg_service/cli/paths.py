"""``kg path`` and ``kg common``: how one thing came of another, and what several came from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from kg_service.cli.console import JsonOption, MappingsOption, StoreOption, out, print_json
from kg_service.cli.looking import (
    AsOfOption,
    GranularityOption,
    KindsOption,
    PolicyOption,
    SinceOption,
    SourcesOption,
    UntilOption,
    looking,
    print_ending,
)
from kg_service.cli.tree import EDGE_WORDS, headline, named, short_rule
from kg_service.errors import UsageError
from kg_service.identity.evidence import Policy
from kg_service.lineage.model import EdgeKind, Granularity
from kg_service.opening import open_graph
from kg_service.settings import Settings
from kg_service.tracing.common import MOST_ANCESTORS
from kg_service.tracing.paths import MOST_PATHS, Hop, Path


def path(
    first: Annotated[str, typer.Argument(metavar="A", help="One thing.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another, earlier or later.")],
    every: Annotated[bool, typer.Option("--all", help="All paths, the shortest first.")] = False,
    limit: Annotated[
        int, typer.Option("--limit", min=1, metavar="N", help="At most so many paths.")
    ] = MOST_PATHS,
    longest: Annotated[
        int | None, typer.Option("--longest", min=0, metavar="N", help="At most so many steps.")
    ] = None,
    granularity: GranularityOption = Granularity.STEP,
    policy: PolicyOption = Policy.DEFAULT,
    source: SourcesOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    mappings: MappingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """How one of two things came of the other: the shortest path, or all.

    Where there is none, it is told whether weaker evidence of identity would give one.
    """
    settings = Settings.from_environment(store, mappings=mappings or ())
    graph = open_graph(settings).frozen().as_of(as_of)
    request = looking(
        graph,
        graph.resolve(first),
        granularity=granularity,
        policy=policy,
        sources=source,
        since=since,
        until=until,
    )
    answer = graph.paths(
        request, graph.resolve(second), limit=limit if every else 1, longest=longest
    )
    if as_json:
        print_json(answer.as_json())
        return
    for number, found in enumerate(answer.paths, 1):
        if every:
            out.print(f"path {number} of {len(answer.paths)}, {_steps(found)}:")
        for line in path_lines(found):
            out.print(line)
    if not answer.paths:
        out.print(f"no path between {headline(answer.earlier)} and {headline(answer.later)}")
        if answer.weaker and answer.weaker_path:
            out.print(f"there would be one with --policy {answer.weaker.value}:")
            for line in path_lines(answer.weaker_path):
                out.print(line)
    if every or not answer.paths:
        count = len(answer.paths)
        print_ending(answer.complete, answer.stopped, f"{count or 'no'} path{'s'[: count != 1]}")
    else:
        out.print(f"{_steps(answer.paths[0])}; --all shows other paths, if there are any")


def common(
    ids: Annotated[list[str], typer.Argument(metavar="ID ID...", help="Two things or more.")],
    limit: Annotated[
        int, typer.Option("--limit", min=1, metavar="N", help="At most so many ancestors.")
    ] = MOST_ANCESTORS,
    granularity: GranularityOption = Granularity.STEP,
    policy: PolicyOption = Policy.DEFAULT,
    source: SourcesOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    kind: KindsOption = None,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    mappings: MappingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """What several things all came from, nearest first.

    With * are the nearest: nothing that came of them is a common ancestor, too.
    """
    if len(ids) < 2:
        raise UsageError("give two things or more")
    settings = Settings.from_environment(store, mappings=mappings or ())
    graph = open_graph(settings).frozen().as_of(as_of)
    things = [graph.resolve(id_) for id_ in ids]
    request = looking(
        graph,
        things[0],
        granularity=granularity,
        policy=policy,
        sources=source,
        since=since,
        until=until,
        kinds=kind,
    )
    answer = graph.common(request, things, limit=limit)
    if as_json:
        print_json(answer.as_json())
        return
    for thing in answer.of:
        out.print(headline(thing))
    out.print("all came from:" if answer.ancestors else "have nothing in common")
    for ancestor in answer.ancestors:
        mark = "*" if ancestor.nearest else " "
        within = " · only something in it" if ancestor.container else ""
        steps = "+".join(map(str, ancestor.steps))
        out.print(f"{mark} {steps:>5} steps  {headline(ancestor.thing)}{within}")
    count = len(answer.ancestors)
    print_ending(answer.complete, answer.stopped, f"{count} common ancestor{'s'[: count != 1]}")


def path_lines(path: Path) -> Iterator[str]:
    """A path, one line a hop, each with who says so."""
    if not path.hops:
        yield "they are the same thing"
        return
    yield headline(path.hops[0].origin)
    for hop in path.hops:
        yield "  " + _hop(hop)


def _hop(hop: Hop) -> str:
    first = hop.said[0]
    if first.kind is EdgeKind.IDENTITY:
        word = "is the same as"
    elif first.kind is EdgeKind.MEMBER:
        word = "as part of" if hop.forwards else "with its member"
    else:
        word = EDGE_WORDS[first.kind, not hop.forwards]
    said = "; ".join(
        f"{f'{view.source.id}: ' if view.source else ''}{view.grade} {short_rule(view.by)}".rstrip()
        for view in hop.said
    )
    return f"{word} {named(hop.to)} · {said}"


def _steps(path: Path) -> str:
    return f"{path.steps} step{'' if path.steps == 1 else 's'}"
