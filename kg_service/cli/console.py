"""Writing to the terminal: answers on standard output, messages on standard error."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from kg_service.errors import KgError

# a table that goes into a file or a pipe is not folded to the width of a screen
_WIDTH = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 1000

out = Console(soft_wrap=True, highlight=False, markup=False, emoji=False, width=_WIDTH)
err = Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="DIR",
        help="Where the graph is kept: a folder, or sparql+http://HOST:PORT. Default: KG_STORE, "
        "else kg-service/store in the user's data folder.",
    ),
]
BaseOption = Annotated[
    str | None,
    typer.Option(
        "--base",
        metavar="IRI",
        help="The address that minted IRIs start with; fixed when a store is made. "
        "Default: KG_BASE, else http://127.0.0.1:8000.",
    ),
]
MappingsOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--mappings",
        metavar="DIR",
        help="A folder of your own mapping sets, used beside those that ship with the service; "
        "may be given several times. Default: KG_MAPPINGS.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def complain(error: KgError) -> None:
    """A message for the person at the terminal."""
    err.print(f"kg: {error}")
