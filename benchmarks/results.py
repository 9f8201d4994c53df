"""Where benchmarks leave their figures: one JSON file each, for ``benchmarks.report`` to join.

A file says when and on what machine it was made, and holds tables or the bare figures of them.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
_PACKAGES = (
    "kg-service",
    "pyoxigraph",
    "rdflib",
    "numpy",
    "duckdb",
    "orjson",
    "strawberry-graphql",
)


@dataclass(frozen=True)
class Table:
    """A table as it is printed; ``note`` stands under it."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def markdown(self) -> str:
        lines = [f"**{self.title}**", ""] if self.title else []
        lines.append("| " + " | ".join(self.head) + " |")
        lines.append("|---|" + "---:|" * (len(self.head) - 1))
        lines += ["| " + " | ".join(row) + " |" for row in self.rows]
        if self.note:
            lines += ["", self.note]
        return "\n".join(lines) + "\n"


def save(name: str, tables: Sequence[Table] = (), figures: Mapping[str, Any] | None = None) -> Path:
    """Write what a benchmark found to ``benchmarks/results/NAME.json``; the path."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    told = {
        "benchmark": name,
        **surroundings(),
        "tables": [asdict(table) for table in tables],
        "figures": dict(figures or {}),
    }
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return path


def surroundings() -> dict[str, Any]:
    """When, on what machine, with which versions."""
    return {
        "when": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": machine(),
        "load": round(os.getloadavg()[0], 1),
        "versions": {"Python": platform.python_version(), **_versions()},
    }


def machine() -> str:
    """Processor, cores in use and memory, in words."""
    model = platform.machine()
    memory = 0
    try:
        cpu = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        named = [x.partition(":")[2].strip() for x in cpu.splitlines() if "model name" in x]
        model = named[0] if named else model
        info = Path("/proc/meminfo").read_text(encoding="utf-8").split()
        memory = int(info[info.index("MemTotal:") + 1]) // 1_000_000
    except (OSError, ValueError):
        pass  # not Linux
    return f"{model}, {os.cpu_count()} cores, {memory} GB, {platform.system()}"


def _versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
