"""A run over a folder of real files: a table, by kind and system, of what was taken and lost.

    python -m benchmarks.corpus ../shared/corpus/rocrate ../shared/corpus/isa ...

Each folder is a kind; each folder in it a system. Prints a Markdown table and the refusals,
grouped by reason.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

from ingest.findings import FindingKind
from kg_service.intake import Intake
from kg_service.opening import load_alignment
from kg_service.report import IngestReport, Outcome
from kg_service.store.disk import DiskStore

_COLUMNS = ("taken", "refused", "passed over", "triples", "aligned", "repaired", "lost")


def main(folders: list[str]) -> None:
    """Ingest every system's folder into a fresh store, and print the tables."""
    rows: list[list[str]] = []
    refused: dict[str, list[str]] = defaultdict(list)
    nothing: list[str] = []
    totals: Counter[str] = Counter()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as temporary:
        base = "http://127.0.0.1:8000"
        store = DiskStore(Path(temporary) / "store", base)
        intake = Intake(store, load_alignment(), base)
        for folder in map(Path, folders):
            for system in sorted(p for p in folder.iterdir() if p.is_dir()):
                name = f"{folder.parent.name}/{folder.name}/{system.name}"
                found = list(intake.take_path(system))
                reports = [r for r in found if r is not None]
                if any(r.location == str(system) and r.error_code for r in reports):
                    nothing.append(name)
                    continue
                counts = _counts(reports)
                counts["passed over"] = sum(r is None for r in found)
                totals.update(counts)
                rows.append([name, *_cells(counts)])
                for report in reports:
                    if report.error:
                        refused[_reason(report)].append(report.location)
        store.close()
    head = ["system", *_COLUMNS, "mapped"]
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in [*rows, ["**all**", *_cells(totals)]]:
        print("| " + " | ".join(row) + " |")
    print(f"\nFolders that hold no source of a known format: {', '.join(nothing) or 'none'}.")
    print(f"\n{time.perf_counter() - began:.0f} s\n")
    for reason, locations in sorted(refused.items(), key=lambda item: -len(item[1])):
        print(f"- {len(locations)} × {reason}")
        for location in locations[:12]:
            print(f"    - {location}")


def _counts(reports: list[IngestReport]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for report in reports:
        counts["refused" if report.outcome is Outcome.REFUSED else "taken"] += 1
        counts["triples"] += report.asserted
        counts["aligned"] += report.aligned
        counts["unmapped"] += sum(report.unmapped.values())
        counts["repaired"] += report.findings.total(FindingKind.REPAIR)
        counts["lost"] += report.findings.total(FindingKind.LOSS)
    return counts


def _cells(counts: Counter[str]) -> list[str]:
    covered = 1 - counts["unmapped"] / counts["triples"] if counts["triples"] else 0
    return [
        *(str(counts[name]) for name in _COLUMNS),
        f"{covered:.0%}" if counts["triples"] else "",
    ]


def _reason(report: IngestReport) -> str:
    """The message without the place, to group by."""
    text = (report.error or "").removeprefix(report.location).partition("; ")[0]
    return f"{report.error_code}: {text.rpartition(': ')[2]}"


if __name__ == "__main__":
    main(sys.argv[1:])
