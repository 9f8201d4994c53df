"""``kg results`` and ``kg specimens``: what came of a specimen, and what a result goes back to."""

from __future__ import annotations

from typing import Annotated

import typer

from kg_service.cli.console import JsonOption, StoreOption, out, print_json
from kg_service.cli.looking import (
    AsOfOption,
    DepthOption,
    IdArgument,
    PolicyOption,
    SinceOption,
    SourcesOption,
    UntilOption,
    looking,
    print_ending,
)
from kg_service.cli.tree import headline
from kg_service.identity.evidence import Policy
from kg_service.lineage.ends import Ends
from kg_service.opening import open_graph
from kg_service.settings import Settings


def results(
    id_: IdArgument,
    depth: DepthOption = None,
    policy: PolicyOption = Policy.DEFAULT,
    source: SourcesOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """The data that came of a specimen, a sample or other data, nearest first."""
    graph = open_graph(Settings.from_environment(store)).frozen().as_of(as_of)
    start = graph.resolve(id_)
    how = looking(
        graph, start, depth=depth, policy=policy, sources=source, since=since, until=until
    )
    _print(graph.results(start, how), "result", as_json)


def specimens(
    id_: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="A result; without one, all specimens are listed."),
    ] = None,
    depth: DepthOption = None,
    policy: PolicyOption = Policy.DEFAULT,
    source: SourcesOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """The specimens that a result goes back to; without an ID, all that there are."""
    graph = open_graph(Settings.from_environment(store)).frozen().as_of(as_of)
    if id_ is None:
        found = graph.specimens()
        if as_json:
            print_json([thing.brief_json() for thing in found])
        for thing in () if as_json else found:
            out.print(headline(thing))
        return
    start = graph.resolve(id_)
    how = looking(
        graph, start, depth=depth, policy=policy, sources=source, since=since, until=until
    )
    _print(graph.specimens_of(start, how), "specimen", as_json)


def _print(ends: Ends, word: str, as_json: bool) -> None:
    if as_json:
        print_json(ends.as_json())
        return
    for thing, steps in zip(ends.things, ends.steps, strict=True):
        out.print(f"{steps:>3} step{' ' if steps == 1 else 's'}  {headline(thing)}")
    count = len(ends.things)
    print_ending(ends.complete, ends.stopped, f"{count or 'no'} {word}{'' if count == 1 else 's'}")
