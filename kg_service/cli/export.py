"""``kg export``: the lineage of a thing as a file for other tools."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from kg_service.cli.console import MappingsOption, StoreOption, err
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
from kg_service.errors import Refused, UsageError
from kg_service.export.formats import FORMATS, ExportFormat, format_named, format_of_file
from kg_service.identity.evidence import Policy
from kg_service.lineage.model import Granularity
from kg_service.opening import open_graph
from kg_service.settings import Settings

_NAMES = ", ".join(row.name for row in FORMATS)


def export(
    id_: IdArgument,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format", "-f", metavar="FORMAT", help=f"{_NAMES}. Default: by the file's ending."
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE|DIR/",
            help="Where to; default: standard output. A crate may go into a folder.",
        ),
    ] = None,
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
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    as_of: AsOfOption = None,
    store: StoreOption = None,
    mappings: MappingsOption = None,
) -> None:
    """Write the lineage of a specimen, a file, a dataset or an activity in another form.

    As a provenance document, as a Workflow Run RO-Crate, as a drawing, or as a table of chains.
    """
    direction = direction_chosen(up, down, both)
    form = _form(format_, output)
    target = _target(output, form, force)
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
    made = graph.export(replace(request, direction=direction), form)
    if target is None:
        _print(made.content, form)
    else:
        _write(target, made.content)
        err.print(f"wrote {target} ({form.title}, {len(made.content):,} bytes)")
    for sentence in made.stopped:
        err.print(f"not complete: {sentence}" if not made.complete else sentence)


def _form(name: str | None, output: str | None) -> ExportFormat:
    if name is not None:
        return format_named(name)
    found = format_of_file(Path(output).name) if output is not None else None
    if found is None:
        raise UsageError(f"say which format with --format: {_NAMES}")
    return found


def _target(written: str | None, form: ExportFormat, force: bool) -> Path | None:
    """The file to write; a folder that is named with a slash at its end is made with it.

    Raises Refused where the file is there, and UsageError where it can not be.
    """
    if written is None:
        return None
    output, named_as_folder = Path(written), written.endswith(("/", os.sep))
    if named_as_folder or output.is_dir():
        if form.in_folder is None:
            raise UsageError(f"{output} is a folder; name a file in it")
        if not output.parent.is_dir():
            raise UsageError(f"there is no folder {output.parent}; make it first")
        output = output / form.in_folder
    elif not output.parent.is_dir():
        raise UsageError(f"there is no folder {output.parent}; make it first")
    if output.exists() and not force:
        raise Refused(f"{output} is there already; give --force to replace it, or another name")
    return output


def _write(target: Path, content: bytes) -> None:
    """The whole file or none of it: written beside its place, then put there."""
    try:
        target.parent.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        beside = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            beside.chmod(0o666 & ~_umask())
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise Refused(f"{target} can not be written: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _print(content: bytes, form: ExportFormat) -> None:
    if form.is_binary and sys.stdout.isatty():
        raise UsageError(f"{form.title} is no text for a terminal; give a file with -o")
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
