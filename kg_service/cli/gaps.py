"""``kg gaps``: where the chain breaks, and what would mend it."""

from __future__ import annotations

from typing import Annotated

import typer

from kg_service.cli.console import JsonOption, MappingsOption, StoreOption, out, print_json
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
from kg_service.cli.tree import headline, named
from kg_service.identity.evidence import Policy
from kg_service.opening import open_graph
from kg_service.settings import Settings
from kg_service.tracing.gaps import Gap

_SHOWN = 5


def gaps(
    id_: IdArgument,
    depth: DepthOption = None,
    policy: PolicyOption = Policy.DEFAULT,
    source: SourcesOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    every: Annotated[
        bool, typer.Option("--all", help=f"List more than {_SHOWN} gaps that are alike.")
    ] = False,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    mappings: MappingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Where the history of a thing breaks: what no source tells, and what would help.

    Nothing is a gap that no source needs to tell: a specimen has no earlier history.
    """
    settings = Settings.from_environment(store, mappings=mappings or ())
    graph = open_graph(settings).frozen().as_of(as_of)
    request = looking(
        graph,
        graph.resolve(id_),
        depth=depth,
        policy=policy,
        sources=source,
        since=since,
        until=until,
    )
    answer = graph.gaps(request)
    if as_json:
        print_json(answer.as_json())
        return
    out.print(headline(answer.start))
    names = ", ".join(named(thing) for thing in answer.specimens)
    out.print(f"goes back to {names}" if names else "goes back to no specimen")
    alike: dict[tuple[str, str, str, int], list[Gap]] = {}
    for gap in answer.gaps:
        alike.setdefault((gap.kind, gap.missing, gap.mend, gap.steps), []).append(gap)
    for gaps_alike in alike.values():
        for gap in gaps_alike[: None if every else _SHOWN]:
            steps = f"{gap.steps} step{'' if gap.steps == 1 else 's'} back"
            out.print(f"{gap.kind.value} · {headline(gap.thing)} · {steps}")
        if len(gaps_alike) > _SHOWN and not every:
            more = f"{len(gaps_alike) - _SHOWN} more beside these"
            out.print(f"{gaps_alike[0].kind.value} · {more}; --all lists them")
        out.print(f"  missing: {gaps_alike[0].missing}")
        out.print(f"  would mend it: {gaps_alike[0].mend}")
    count = len(answer.gaps)
    told = f"{count or 'no'} gap{'' if count == 1 else 's'} in what the sources tell"
    print_ending(answer.complete, answer.stopped, told)
