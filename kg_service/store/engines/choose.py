"""Which engine a server has: as it is set, else as the server says of itself."""

from __future__ import annotations

from dataclasses import replace

from kg_service.store.address import Address, ServerSettings
from kg_service.store.endpoint import Endpoint
from kg_service.store.engines.standard import StandardEngine
from kg_service.store.engines.virtuoso import VirtuosoEngine


def open_engine(address: str, settings: ServerSettings | None = None) -> StandardEngine:
    """The engine at an address. Raises UsageError, and StoreError where nothing answers."""
    told = settings or ServerSettings()
    read = Address.read(address, told)
    if read.engine == "auto" and "virtuoso" in Endpoint(read).server().lower():
        read = Address.read(address, replace(told, engine="virtuoso"))
    if read.engine == "virtuoso":
        return VirtuosoEngine(Endpoint(read, digest="-auth" in read.update_url))
    return StandardEngine(Endpoint(read))
