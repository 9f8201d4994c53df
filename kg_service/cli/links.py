"""``kg links``: what joins sources, on what evidence; and a steward's word on it."""

from __future__ import annotations

from typing import Annotated

import typer

from kg_service.access.audit import audited
from kg_service.cli.console import JsonOption, StoreOption, out, print_json
from kg_service.cli.groups import ListByDefault
from kg_service.graph import KnowledgeGraph
from kg_service.identity.decisions import Verdict
from kg_service.identity.evidence import Evidence, key_text
from kg_service.lineage.scope import source_with_id
from kg_service.links.listing import LISTED, EvidenceWord
from kg_service.links.model import Link
from kg_service.links.stewardship import judge, still_joined
from kg_service.opening import load_alignment, open_graph, open_writer
from kg_service.settings import Settings

IdArgument = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="An IRI, a persistent identifier in any spelling, or a name."
    ),
]
BecauseOption = Annotated[
    str, typer.Option("--because", metavar="TEXT", help="Why; it is kept and shown.")
]
WhoOption = Annotated[
    str | None,
    typer.Option("--who", metavar="ORCID", help="Who decides. Default: the account's name."),
]


links = typer.Typer(
    cls=ListByDefault,
    help="List what joins sources, with its evidence; confirm, reject or forget a link.",
    rich_markup_mode=None,
)


@links.command("list")
def list_(
    id_: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="Only links of this thing.", show_default=False),
    ] = None,
    evidence: Annotated[
        list[EvidenceWord] | None,
        typer.Option("--evidence", help="Only links on this evidence; may be repeated."),
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", metavar="ID", help="Only links of this source.")
    ] = None,
    candidates: Annotated[
        bool,
        typer.Option(
            "--candidates", help="Instead, pairs with the same name that nobody has decided on."
        ),
    ] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """List links: of one thing, or all. 'kg links ID' is short for 'kg links list ID'.

    A link that is not followed is listed with what speaks against it.
    """
    graph = open_graph(Settings.from_environment(store)).frozen()
    node = graph.resolve(id_) if id_ is not None else None
    if source is not None:
        source_with_id(graph.reader, source)
    chosen = [Evidence[word.name] for word in evidence] if evidence else LISTED
    found = list(
        graph.candidates(node, source) if candidates else graph.links(node, chosen, source)
    )
    if as_json:
        print_json([link.as_json() for link in found])
        return
    _print(found, candidates)


@links.command("confirm")
def confirm(
    one: IdArgument,
    other: IdArgument,
    because: BecauseOption,
    who: WhoOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep that two things are the same: every policy follows it, whatever else is known."""
    _decide((one, other), Verdict.CONFIRMED, because, who, store, as_json)


@links.command("reject")
def reject(
    one: IdArgument,
    other: IdArgument,
    because: BecauseOption,
    who: WhoOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep that two things are not the same: no policy follows a link between them.

    The keys that they share no longer link either of them to anything.
    """
    _decide((one, other), Verdict.REJECTED, because, who, store, as_json)


@links.command("forget")
def forget(
    one: IdArgument,
    other: IdArgument,
    because: BecauseOption = "forgotten",
    who: WhoOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Undo the decision on a pair. The history keeps that there was one."""
    _decide((one, other), Verdict.FORGOTTEN, because, who, store, as_json)


def _decide(
    ids: tuple[str, str],
    verdict: Verdict,
    because: str,
    who: str | None,
    store: str | None,
    as_json: bool,
) -> None:
    settings = Settings.from_environment(store)
    target = open_writer(settings)
    try:
        graph = KnowledgeGraph(target, load_alignment())
        with audited(settings, f"link {verdict.value}", list(ids)) as entry:
            first, second = (graph.resolve(id_) for id_ in ids)
            decision = judge(target, (first, second), verdict, because, who)
            entry.what, entry.detail = [first.value, second.value], because
            target.publish()
        rest = still_joined(target, first, second) if verdict is Verdict.REJECTED else []
    finally:
        target.close()
    if as_json:
        print_json(decision.as_json())
        return
    out.print(f"{verdict.value} by {decision.who}: {decision.because}")
    out.print(f"  {decision.first}\n  {decision.second}")
    if decision.replaces:
        out.print("  an earlier decision on them is replaced, and kept as history")
    if rest:
        out.print("they are still joined, by way of other things; reject what is wrong of these:")
        for edge in rest:
            evidence = Evidence.of_property(edge.statement[1]).label
            out.print(f"  {edge.earlier.value} and {edge.later.value}: ", end="")
            out.print(f"{evidence} {key_text(edge.statement[2])}")


def _print(found: list[Link], candidates: bool) -> None:
    for link in found:
        since = f" · since {link.since[:10]}" if link.since else ""
        out.print(f"{link.evidence.label} {link.key}{since} · {_followed(link, candidates)}")
        for end in (link.first, link.second):
            sources = ", ".join(end.sources) or "no source that is here"
            out.print(f"  {end.thing.label} [{end.thing.kind}] <{end.thing.iri}>")
            out.print(f"    {end.value} · {sources}")
    noun = "candidate" if candidates else "link"
    out.print(f"{len(found)} {noun}{'' if len(found) == 1 else 's'}")
    if candidates and found:
        out.print("decide: kg links confirm|reject A B --because TEXT")


def _followed(link: Link, candidate: bool) -> str:
    if link.why_not is not None:
        return f"not followed: {link.why_not}"
    if candidate:
        return "not followed until it is confirmed"
    by = f", decided by {link.decision.who}" if link.decision else ""
    return f"followed by {', '.join(policy.value for policy in link.policies)}{by}"
