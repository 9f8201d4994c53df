"""The ``kg`` command: wires the sub-commands and turns errors into messages and exit codes.

Exit codes: 0 done; 1 something was refused or is not known; 2 the command line makes no sense.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from kg_service import __version__
from kg_service.cli import (
    affected,
    ask,
    backup,
    check,
    demo,
    diff,
    ends,
    export,
    gaps,
    history,
    index,
    ingest,
    keys,
    lineage,
    links,
    mappings,
    paths,
    query,
    search,
    serve,
    sources,
    status,
    table,
    why,
    withdraw,
)
from kg_service.cli.console import complain
from kg_service.errors import KgError, UsageError
from kg_service.store.engine_errors import engine_error, is_damage

app = typer.Typer(
    name="kg",
    help="The provenance knowledge graph: from a specimen to its results, and who says so.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("ingest")(ingest.ingest)
app.add_typer(sources.sources, name="sources")
app.command("history")(history.history)
app.command("search")(search.search)
app.command("lineage")(lineage.lineage)
app.command("results")(ends.results)
app.command("specimens")(ends.specimens)
app.command("path")(paths.path)
app.command("common")(paths.common)
app.command("affected")(affected.affected)
app.command("gaps")(gaps.gaps)
app.command("diff")(diff.diff)
app.command("table")(table.table)
app.command("export")(export.export)
app.command("why")(why.why)
app.command("mappings")(mappings.mappings)
app.command("realign")(mappings.realign)
app.command("check")(check.check)
app.add_typer(links.links, name="links")
app.add_typer(keys.keys, name="keys")
app.add_typer(index.index, name="index")
app.command("ask")(ask.ask)
app.command("query")(query.query)
app.command("withdraw")(withdraw.withdraw)
app.command("status")(status.status)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("dump")(backup.dump)
app.command("serve")(serve.serve)
app.command("demo")(demo.demo)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kg-service {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options that stand before the sub-command."""


def main() -> None:
    """Run the command line."""
    try:
        app()
    except UsageError as error:
        complain(error)
        sys.exit(2)
    except KgError as error:
        complain(error)
        sys.exit(1)
    except RuntimeError as error:
        # what a query finds is read from the files while it is printed
        if not is_damage(error):
            raise
        complain(engine_error("the store", error))
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of a pipe went away: nothing more to say
        sys.exit(1)
