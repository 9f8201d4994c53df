"""``kg keys``: who may do what over HTTP, by keys that are made, listed, renewed and ended."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table

from kg_service.access.audit import audited, operator
from kg_service.access.caller import Scope
from kg_service.access.key_use import KeyUse
from kg_service.access.keys import Key, KeyRing, stamp
from kg_service.access.settings import AccessSettings
from kg_service.cli.console import JsonOption, StoreOption, err, out, print_json
from kg_service.errors import UsageError
from kg_service.settings import Settings

keys = typer.Typer(
    help="Make, list, renew and end API keys for the HTTP service.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
_SPAN = re.compile(r"(\d{1,5})([hdwy])")
_HOURS = {"h": 1, "d": 24, "w": 7 * 24, "y": 365 * 24}
_ONE_YEAR = timedelta(days=365)

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The key's id, as listed.")]
ExpiresOption = Annotated[
    str | None,
    typer.Option(
        "--expires",
        metavar="WHEN",
        help="How long it holds (12h, 90d, 8w, 2y), or until which day (2027-06-30).",
    ),
]
NeverOption = Annotated[
    bool, typer.Option("--never", help="It never expires; end it with kg keys revoke.")
]


@keys.command("create")
def create(
    owner: Annotated[
        str,
        typer.Argument(
            metavar="OWNER",
            help="Whose key it is: a person, a team or an instrument. What is uploaded with it "
            "is kept below ~OWNER/; keys of one owner may renew each other's sources.",
        ),
    ],
    scope: Annotated[
        list[Scope] | None,
        typer.Option("--scope", help="What it allows; may be given several times. Default: read."),
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option("--group", metavar="NAME", help="A group whose sources it shows; repeatable."),
    ] = None,
    internal: Annotated[
        bool, typer.Option("--internal", help="It shows internal sources too.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--everything", help="It shows all sources, of whichever group.")
    ] = False,
    expires: ExpiresOption = None,
    never: NeverOption = False,
    description: Annotated[
        str, typer.Option("--description", metavar="TEXT", help="What it is for.")
    ] = "",
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key. It is printed once and not kept: whoever is to use it must keep it now.

    It holds for a year unless --expires or --never says otherwise.
    """
    settings, ring, _use = _kept(store)
    wanted = Key(
        id="",
        owner=owner,
        hash="",
        created="",
        created_by=operator(),
        # each once, in the scopes' own order
        scopes=tuple(one.value for one in Scope if one in (scope or [Scope.READ])),
        groups=tuple(sorted(set(group or ()))),
        internal=internal,
        everything=everything,
        description=description,
        expires=_until(expires, never, _ONE_YEAR),
    )
    with audited(settings, "key-create", [owner]) as entry:
        key, token = ring.create(wanted)
        entry.what = [key.id]
        entry.detail = f"owner {key.owner}; scopes {' '.join(key.scopes)}"
    _hand_over(key, token, as_json)


@keys.command("list")
def list_(
    ended: Annotated[
        bool, typer.Option("--all", help="Also those that have expired or were revoked.")
    ] = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the keys: whose, what they allow, until when, and on which day they were used last."""
    _settings, ring, use = _kept(store)
    now = datetime.now(UTC)
    days = use.days()
    shown = [key for key in ring.every() if ended or key.state(now) == "active"]
    if as_json:
        print_json([key.as_json(now, days.get(key.id)) for key in shown])
        return
    table = Table(box=None, pad_edge=False)
    for column in ("ID", "OWNER", "SCOPES", "SEES", "EXPIRES", "LAST USED", "STATE", "FOR"):
        table.add_column(column, no_wrap=True)
    for key in shown:
        table.add_row(
            key.id,
            key.owner,
            " ".join(key.scopes),
            _sees(key),
            (key.expires or "never")[:10],
            days.get(key.id, "never"),
            key.state(now),
            key.description,
        )
    out.print(table)
    out.print(f"{len(shown)} key{'' if len(shown) == 1 else 's'}")


@keys.command("revoke")
def revoke(id_: IdArgument, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """End a key, at once and for good, also in services that are running."""
    settings, ring, _use = _kept(store)
    with audited(settings, "key-revoke", [id_[:16]]) as entry:
        key = ring.revoke(id_)
        entry.what = [key.id]
    if as_json:
        print_json(key.as_json(datetime.now(UTC)))
    else:
        out.print(f"{key.id} of {key.owner} is revoked")


@keys.command("rotate")
def rotate(
    id_: IdArgument,
    grace: Annotated[
        str | None,
        typer.Option(
            "--grace",
            metavar="TIME",
            help="How much longer the old secret holds (12h, 3d). Default: not at all.",
        ),
    ] = None,
    expires: ExpiresOption = None,
    never: NeverOption = False,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a key a new secret, which is printed once. Its id, owner and rights stay.

    It then holds for a year again, unless --expires or --never says otherwise.
    """
    settings, ring, _use = _kept(store)
    spare = _span(grace, "--grace") if grace is not None else timedelta(0)
    with audited(settings, "key-rotate", [id_[:16]]) as entry:
        key, token = ring.rotate(id_, spare, _until(expires, never, _ONE_YEAR))
        entry.what = [key.id]
    _hand_over(key, token, as_json)


def _kept(store: str | None) -> tuple[Settings, KeyRing, KeyUse]:
    settings = Settings.from_environment(store)
    places = AccessSettings.from_environment(settings)
    if places.keys is None:
        raise UsageError(
            f"{settings.store} is a server: name a folder for the API keys of its services in "
            "KG_DATA or KG_KEYS, for this command and for kg serve alike"
        )
    return settings, KeyRing(places.keys), KeyUse(places.keys)


def _hand_over(key: Key, token: str, as_json: bool) -> None:
    if as_json:
        print_json({**key.as_json(datetime.now(UTC)), "key": token})
        return
    # alone on standard output, so that it can be piped to where it is to be kept
    out.print(token)
    until = f"until {key.expires[:10]}" if key.expires else "without an end"
    err.print(
        f"key {key.id} of {key.owner}, {until}: {' '.join(key.scopes)}; sees {_sees(key)}.\n"
        "Keep it now: it is not shown again. Send it as 'Authorization: Bearer KEY'."
    )


def _sees(key: Key) -> str:
    if key.everything:
        return "everything"
    shown = ["public", *(["internal"] if key.internal else ()), *key.groups]
    return ", ".join(shown)


def _until(written: str | None, never: bool, default: timedelta) -> str | None:
    """The end of a key's life. Raises UsageError."""
    if never:
        if written is not None:
            raise UsageError("--never and --expires contradict each other: give one")
        return None
    now = datetime.now(UTC)
    if written is None:
        return stamp(now + default)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", written):
        try:
            # that day included
            end = datetime.fromisoformat(written).replace(tzinfo=UTC) + timedelta(days=1)
        except (ValueError, OverflowError) as error:
            raise UsageError(f"--expires {written!r}: there is no such day") from error
    else:
        end = now + _span(written, "--expires")
    if end <= now:
        raise UsageError(f"--expires {written!r} is over already")
    return stamp(end)


def _span(written: str, option: str) -> timedelta:
    match = _SPAN.fullmatch(written.strip())
    if match is None:
        raise UsageError(f"{option} {written!r}: write a number and h, d, w or y, such as 90d")
    return timedelta(hours=int(match[1]) * _HOURS[match[2]])
