"""An export ready to be handed out: its bytes, its media type and a name for its file."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from kg_service.export.account import Account
from kg_service.export.formats import ExportFormat

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 60


@dataclass(frozen=True)
class Exported:
    """``stopped`` says in sentences where the lineage was cut; none where it is ``complete``."""

    content: bytes
    media_type: str
    file_name: str
    complete: bool
    stopped: tuple[str, ...]


def exported(account: Account, form: ExportFormat) -> Exported:
    """Write an account in a format."""
    shown = account.view
    return Exported(
        form.write(account),
        form.media_type,
        form.in_folder
        or f"{_file_name(shown.start.label)}-{_WAYS[shown.direction]}{form.file_ending}",
        shown.complete,
        shown.stopped,
    )


_WAYS = {"up": "origins", "down": "results", "both": "lineage"}


def _file_name(label: str) -> str:
    """A label as a file's name, in ASCII, never hidden and never empty."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    return _NOT_IN_NAMES.sub("-", plain).strip("-.")[:_LONGEST] or "thing"
