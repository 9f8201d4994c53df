"""What the environment says of access: where keys, uploads and the audit log are kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kg_service.errors import UsageError
from kg_service.settings import Settings
from kg_service.store.remote import is_remote

_ON = frozenset({"on", "1", "yes", "true"})
_OFF = frozenset({"off", "0", "no", "false"})


@dataclass(frozen=True)
class AccessSettings:
    """``keys`` and ``uploads`` are folders, ``audit`` is a file; None where there is no place.

    ``anonymous`` tells whether callers without credentials are answered at all.
    """

    keys: Path | None
    audit: Path | None
    uploads: Path | None
    anonymous: bool = True

    @classmethod
    def from_environment(
        cls, settings: Settings, env: Mapping[str, str] = os.environ
    ) -> AccessSettings:
        """Each beside a store on disk, unless it is named; for a store on a server in ``KG_DATA``.

        The user's cache folder, where indexes may be, is no place for what can not be made again.
        """
        kept = settings.data if is_remote(settings.store) else settings.store
        beside = Path(kept) if kept else None

        def place(name: str, default: str) -> Path | None:
            if named := env.get(name):
                return Path(named)
            return beside / default if beside is not None else None

        return cls(
            keys=place("KG_KEYS", "keys"),
            audit=place("KG_AUDIT", "audit.jsonl"),
            uploads=place("KG_UPLOADS", "uploads"),
            anonymous=_switch("KG_ANONYMOUS", env, default=True),
        )


def _switch(name: str, env: Mapping[str, str], *, default: bool) -> bool:
    written = env.get(name, "").strip().lower()
    if not written:
        return default
    if written not in _ON | _OFF:
        raise UsageError(f"{name}={written!r}: write on or off")
    return written in _ON
