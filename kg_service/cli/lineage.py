"""``kg lineage``: the tree of what came before a thing and what came of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from kg_service.cli.console import JsonOption, MappingsOption, StoreOption, out, print_json
from kg_service.cli.looking import (
    AsOfOption,
    BothOption,
    DepthOption,
    DownOption,
    GranularityOption,
    IdArgument,
    KindsOption,
    PolicyOption,
    SinceOption,
    SourcesOption,
    UntilOption,
    UpOption,
    direction_chosen,
    looking,
)
from kg_service.cli.tree import lineage_lines
from kg_service.identity.evidence import Policy
from kg_service.lineage.model import Granularity, Request, Stop
from kg_service.opening import open_graph
from kg_service.settings import Settings

# more lines than that nobody reads; a hub may have a hundred thousand neighbours
MOST_DRAWN = 1_000


def lineage(
    id_: IdArgument,
    up: UpOption = False,
    down: DownOption = False,
    both: BothOption = False,
    depth: DepthOption = None,
    granularity: GranularityOption = Granularity.STEP,
    policy: PolicyOption = Policy.DEFAULT,
    source: SourcesOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    kind: KindsOption = None,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            min=1,
            metavar="N",
            help=f"At most so many things, the nearest first. Default: {MOST_DRAWN:,}, with --json "
            f"{Request.limit:,}.",
        ),
    ] = None,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    mappings: MappingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the lineage of a specimen, a file, a dataset or an activity.

    Each step names its activity, the source that says so and the grade of the statement:
    asserted (in PROV terms by the source itself), mapped, close (a close match) or inferred.
    """
    direction = direction_chosen(up, down, both)
    settings = Settings.from_environment(store, mappings=mappings or ())
    graph = open_graph(settings).frozen().as_of(as_of)
    request = looking(
        graph,
        graph.resolve(id_),
        depth=depth,
        granularity=granularity,
        policy=policy,
        sources=source,
        since=since,
        until=until,
        kinds=kind,
    )
    most = limit or (Request.limit if as_json else MOST_DRAWN)
    answer = graph.lineage(replace(request, direction=direction, limit=most))
    view = graph.view(answer)
    if as_json:
        print_json(view.as_json())
        return
    for line in lineage_lines(answer, view):
        out.print(line)
    if any(Stop.LIMIT in node.stops for node in answer.nodes.values()):
        out.print(
            f"  only the {most:,} nearest things are shown: --limit N shows more, --depth fewer"
        )
