"""``kg table``: the sample x result table of a study or a source."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from kg_service.cli.console import JsonOption, MappingsOption, StoreOption, err, print_json
from kg_service.cli.looking import (
    AsOfOption,
    DepthOption,
    PolicyOption,
    SinceOption,
    SourcesOption,
    UntilOption,
    looking,
)
from kg_service.identity.evidence import Policy
from kg_service.opening import open_graph
from kg_service.settings import Settings
from kg_service.terms import CATALOGUE
from kg_service.tracing.table import MOST_ROWS


def table(
    of: Annotated[
        str,
        typer.Argument(
            metavar="STUDY_OR_SOURCE",
            help="A source's id; or a study, investigation, assay or sample, by IRI or name.",
        ),
    ],
    limit: Annotated[
        int, typer.Option("--limit", min=1, metavar="N", help="At most so many rows.")
    ] = MOST_ROWS,
    depth: DepthOption = None,
    policy: PolicyOption = Policy.DEFAULT,
    source: SourcesOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    mappings: MappingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print a table of tab-separated values: one row for each specimen and result of it.

    With the steps and activities between them, the sources that say so and their weakest grade, and
    the characteristics of specimen and sample.
    """
    settings = Settings.from_environment(store, mappings=mappings or ())
    graph = open_graph(settings).frozen().as_of(as_of)
    how = looking(
        graph, CATALOGUE, depth=depth, policy=policy, sources=source, since=since, until=until
    )
    answer = graph.table(of, how, limit=limit)
    if as_json:
        print_json(answer.as_json())
    else:
        sys.stdout.write(answer.tsv())
    for sentence in answer.stopped:
        err.print(f"kg: not complete: {sentence}")
