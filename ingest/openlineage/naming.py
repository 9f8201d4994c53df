"""The nodes of runs, jobs and datasets, so that the same one in two sources is the same node.

By OpenLineage's naming rules (spec/Naming.md) a dataset's namespace is its data source as
``scheme://authority`` (or ``arn:…``, ``bigquery``) and its name the path there: together an
address, which is the dataset's node. A namespace without a host (``file``, ``food_delivery``,
``hdfs:///``) or with a loopback one means another thing at another place: below the base.
"""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from pyoxigraph import NamedNode

from ingest.iri import is_valid_reference, segment, valid_reference
from ingest.json_graph import is_global

# namespaces without authority that mean the same everywhere
_GLOBAL = frozenset({"bigquery", "pubsub"})
_SCHEMES = (("s3a:", "s3:"), ("s3n:", "s3:"), ("postgresql:", "postgres:"))
_RESERVED = re.compile(r"[?#%]")


def run_node(run_id: str, base: str) -> NamedNode:
    """A run by its UUID, which is unique anywhere; by its name in the source where it has none."""
    try:
        return NamedNode(f"urn:uuid:{UUID(run_id)}")
    except ValueError:
        return NamedNode(f"{base}runs/{segment(run_id)}")


def job_node(namespace: str, name: str, base: str) -> NamedNode:
    """A job by its namespace, which is its scheduler's, and its name."""
    return NamedNode(f"{base}jobs/{segment(namespace)}/{segment(name)}")


def dataset_node(namespace: str, name: str, base: str) -> NamedNode:
    """A dataset by its address, or below the base where its namespace is a local one."""
    place = namespace.strip().rstrip("/")
    for written, usual in _SCHEMES:
        if place.startswith(written):
            place = usual + place.removeprefix(written)
    path = _RESERVED.sub(lambda m: f"%{ord(m[0]):02X}", name.strip().lstrip("/"))
    if place in _GLOBAL:
        address = f"{place}:{path}"
    elif path and is_global(place) and ("://" in place or place.startswith("arn:")):
        address = f"{place}/{path}"
    else:
        return NamedNode(f"{base}datasets/{segment(namespace)}/{segment(name)}")
    address = valid_reference(address)
    if is_valid_reference(address) and is_global(address):
        return NamedNode(address)
    return NamedNode(f"{base}datasets/{segment(namespace)}/{segment(name)}")


def named(value: Any) -> tuple[str, str] | None:
    """Namespace and name of a job or dataset; None where one is missing."""
    if not isinstance(value, dict):
        return None
    namespace, name = value.get("namespace"), value.get("name")
    if isinstance(namespace, str) and isinstance(name, str) and name.strip():
        return namespace, name
    return None


def run_id_of(value: Any) -> str | None:
    """The run id of ``{"runId": …}``; None where there is none."""
    run_id = value.get("runId") if isinstance(value, dict) else None
    return run_id.strip() or None if isinstance(run_id, str) else None
