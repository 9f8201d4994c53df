"""``kg gaps``: where the chain breaks, and what would mend it."""

from __future__ import annotations

from kg_service.cli.console import JsonOption, MappingsOption, StoreOption, out, print_json
from kg_service.cli.looking import (
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


def gaps(
    id_: IdArgument,
    depth: DepthOption = None,
    policy: PolicyOption = Policy.DEFAULT,
    source: SourcesOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    store: StoreOption = None,
    mappings: MappingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Where the history of a thing breaks: what no source tells, and what would help.

    Nothing is a gap that no source needs to tell: a specimen has no earlier history.
    """
    graph = open_graph(Settings.from_environment(store, mappings=mappings or ())).frozen()
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
    for gap in answer.gaps:
        out.print(f"{gap.kind.value} · {headline(gap.thing)} · {gap.steps} steps back")
        out.print(f"  missing: {gap.missing}")
        out.print(f"  would mend it: {gap.mend}")
    count = len(answer.gaps)
    told = f"{count or 'no'} gap{'' if count == 1 else 's'} in what the sources tell"
    print_ending(answer.complete, answer.stopped, told)
