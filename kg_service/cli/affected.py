"""``kg affected``: what to look at again when an input, an instrument or a program was bad."""

from __future__ import annotations

from typing import Annotated

import typer

from kg_service.cli.console import JsonOption, MappingsOption, StoreOption, out, print_json
from kg_service.cli.looking import (
    AsOfOption,
    DepthOption,
    IdArgument,
    KindsOption,
    PolicyOption,
    SinceOption,
    SourcesOption,
    UntilOption,
    looking,
    print_ending,
)
from kg_service.cli.tree import headline, named, short_rule
from kg_service.identity.evidence import Policy
from kg_service.opening import open_graph
from kg_service.settings import Settings
from kg_service.tracing.affected import UsedBy

_SHOWN = 20


def affected(
    id_: IdArgument,
    version: Annotated[
        str | None,
        typer.Option(
            "--version",
            metavar="VERSION",
            help="Only this version: all programs, workflows, protocols or images of the name that "
            "are told to have it, in whichever source.",
        ),
    ] = None,
    depth: DepthOption = None,
    policy: PolicyOption = Policy.DEFAULT,
    source: SourcesOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    kind: KindsOption = None,
    every: Annotated[
        bool, typer.Option("--all", help=f"List more than {_SHOWN} things of a kind.")
    ] = False,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    mappings: MappingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """What is affected if a thing turns out bad.

    Of a sample or data: all that came of it. Of an instrument, program, workflow, container image,
    protocol or person: the activities that had it, and all that came of these.
    """
    settings = Settings.from_environment(store, mappings=mappings or ())
    graph = open_graph(settings).frozen().as_of(as_of)
    bad = graph.versions(id_, version) if version is not None else [graph.resolve(id_)]
    request = looking(
        graph,
        bad[0],
        depth=depth,
        policy=policy,
        sources=source,
        since=since,
        until=until,
        kinds=kind,
    )
    answer = graph.affected(request, bad)
    if as_json:
        print_json(answer.as_json())
        return
    for thing in answer.things:
        out.print(headline(thing))
    if answer.used_by:
        count = len(answer.used_by)
        out.print(f"{count} activit{'y' if count == 1 else 'ies'} had it:")
        for using in answer.used_by if every else answer.used_by[:_SHOWN]:
            out.print(f"  {_using(using)}")
        _print_more(count, every)
    total = sum(len(things) for _kind, things in answer.groups)
    for name, things in answer.groups:
        out.print(f"{name} ({len(things)}):")
        for found in things if every else things[:_SHOWN]:
            within = " · only something in it" if found.container else ""
            out.print(f"  {found.steps:>3} away  {headline(found.thing)}{within}")
        _print_more(len(things), every)
    print_ending(answer.complete, answer.stopped, f"{total} things are affected")


def _print_more(count: int, every: bool) -> None:
    if count > _SHOWN and not every:
        out.print(f"  and {count - _SHOWN} more; --all lists them")


def _using(using: UsedBy) -> str:
    way = "".join(f" by way of {named(thing)}" for thing in using.by_way_of)
    source = f"{using.source.id}: " if using.source else ""
    said = f"{source}{using.grade} {short_rule(using.by)}".rstrip()
    return f"{named(using.activity)} · {using.role}{way} · {said}"
