"""Settings: where the store is, and the base of the IRIs that the service mints."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_BASE = "http://127.0.0.1:8000"


def default_store(environment: Mapping[str, str]) -> str:
    """The store where none is named: ``KG_STORE``, else a folder of ``KG_DATA``, else one of the
    user's data directory.
    """
    if named := environment.get("KG_STORE"):
        return named
    if kept := environment.get("KG_DATA"):
        return str(Path(kept) / "store")
    data = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return str(Path(data) / "kg-service" / "store")


@dataclass(frozen=True)
class Settings:
    """``store`` is a folder, or ``sparql+http://host:port`` for a SPARQL 1.1 server.

    ``mappings`` are folders of mapping sets beside those that ship with the service.
    ``data`` is the folder of all that is written beside a SPARQL server.
    ``index`` is the folder of the lineage index, where it is not beside the store.
    ``history`` is the folder of what older versions said; by default that of a store on disk.
    ``server`` is what the environment says of a SPARQL server; it may hold a password.
    ``base`` is the address under which the service answers; every IRI it mints starts with it.
    """

    store: str
    base: str | None = None
    mappings: tuple[str, ...] = ()
    index: str | None = None
    history: str | None = None
    data: str | None = None
    server: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def from_environment(
        cls,
        store: str | None = None,
        base: str | None = None,
        mappings: Sequence[Path] = (),
        env: Mapping[str, str] = os.environ,
    ) -> Settings:
        chosen = (base or env.get("KG_BASE") or "").rstrip("/") or None
        own = tuple(map(str, mappings)) or tuple(
            folder for folder in env.get("KG_MAPPINGS", "").split(os.pathsep) if folder
        )
        return cls(
            store=store or default_store(env),
            base=chosen,
            mappings=own,
            index=env.get("KG_INDEX") or None,
            history=env.get("KG_HISTORY") or None,
            data=env.get("KG_DATA") or None,
            server={name: told for name, told in env.items() if name.startswith("KG_STORE_")},
        )
