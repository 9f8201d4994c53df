"""Renews docs/benchmarks.md from the figures that the benchmarks have left.

    python -m benchmarks.report

The text is in page.md; each ``<!-- name -->`` in it gives way to what the benchmark of that name
left in the results folder. Nothing is measured here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.lineage.tables import across, aims
from benchmarks.lineage.tables import tables as lineage_tables
from benchmarks.results import RESULTS, Table

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"

_MISSING = "Not measured yet.\n"
_TEXT = Path(__file__).with_name("page.md")
_PLACE = re.compile(r"<!-- (\w+) -->\n")


def page() -> str:
    """The page: its text, with the tables that there are in their places."""
    text = _TEXT.read_text(encoding="utf-8")
    return _PLACE.sub(lambda place: "\n".join(_told(place[1])), text)


def _told(benchmark: str) -> Iterator[str]:
    if benchmark == "lineage":
        yield from _lineage()
        return
    path = RESULTS / f"{benchmark}.json"
    if not path.exists():
        yield _MISSING
        return
    told = _read(path)
    for table in told["tables"]:
        yield Table(**table).markdown()
    yield _where(told)


def _lineage() -> Iterator[str]:
    told = [_read(path) for path in RESULTS.glob("lineage-*.json")]
    told.sort(key=lambda one: one["figures"]["quads"])
    if not told:
        yield _MISSING
        return
    figures = [one["figures"] for one in told]
    yield aims(figures).markdown()
    if len(figures) > 1:
        yield across(figures).markdown()
    for one, measured in zip(told, figures, strict=True):
        yield (
            f"### {measured['size']}\n\n{measured['quads']:,} quads, {measured['sources']:,} "
            f"sources, {measured['nodes']:,} nodes, {measured['steps']:,} steps.\n"
        )
        for table in lineage_tables(measured):
            yield table.markdown()
        yield _where(one)


def _where(told: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in told["versions"].items())
    return (
        f"<sub>{told['when'][:16].replace('T', ' ')} UTC; {told['machine']}; "
        f"load average at the end {told['load']}; {versions}</sub>\n"
    )


def _read(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return told


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE} written")
