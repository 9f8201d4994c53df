"""What reading a crate costs in time and memory, beside rdflib: medians, each run a process.

    python -m benchmarks.reading [ENTITIES ...]

Seconds are of processor time, so that other work on the machine does not count. Peak memory is that
of the whole process, the interpreter and libraries included.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.results import Table, save
from ingest.bundle import Bundle, SingleFile
from ingest.findings import Findings
from ingest.rocrate import read
from ingest.rocrate.terms import core_context

ROUNDS = 3
SIZES = (1_000, 20_000, 200_000)
BASE = "http://bench.test/"
_LARGEST_FOR_RDFLIB = 20_000


def write_crate(path: Path, entities: int) -> None:
    """A crate of runs, each with agent, tool and files: half runs, half files; written indented."""
    with path.open("w", encoding="utf-8") as stream:
        stream.write('{"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": [\n')
        for entity in (
            {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"}},
            {
                "@id": "./",
                "@type": "Dataset",
                "name": "chain",
                "hasPart": [{"@id": f"data/file-{n}.txt"} for n in range(entities // 2)],
            },
        ):
            stream.write(json.dumps(entity) + ",\n")
        for number in range(entities // 2):
            run = {
                "@id": f"#run-{number}",
                "@type": "CreateAction",
                "name": f"run {number}",
                "object": [{"@id": f"data/file-{number}.txt"}],
                "result": [{"@id": f"data/file-{number + 1}.txt"}],
                "instrument": {"@id": "https://example.org/tools/aligner"},
                "agent": {"@id": "https://orcid.org/0000-0002-1825-0097"},
                "endTime": "2026-01-01T00:00:00+00:00",
            }
            file = {
                "@id": f"data/file-{number}.txt",
                "@type": "File",
                "name": f"file {number}",
                "contentSize": 1000 + number,
                "encodingFormat": ["text/plain", {"@id": "https://example.org/formats/x-fmt-111"}],
                "sha256": f"{number:064x}",
            }
            last = number == entities // 2 - 1
            stream.write(json.dumps(run, indent=4) + ",\n")
            stream.write(json.dumps(file, indent=4) + ("\n" if last else ",\n"))
        stream.write("]}\n")


def read_here(path: Path) -> int:
    """Read with this service; the number of triples."""
    document = read(Bundle(SingleFile(path), only=path.name))
    return sum(1 for _triple in document.triples(BASE, Findings()))


def read_with_rdflib(path: Path) -> int:
    """Read with rdflib; the number of triples. It is given the context, as it fetches none."""
    import rdflib

    document = json.loads(path.read_text(encoding="utf-8"))
    text = json.dumps({**document, "@context": core_context("1.2")})
    return len(rdflib.Graph().parse(data=text, format="json-ld", base=BASE))


def run_once(what: str, path: Path) -> tuple[int, float, float]:
    """Triples, seconds and peak MiB of one run in a process of its own."""
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.reading", what, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    triples, seconds, peak = done.stdout.split()
    return int(triples), float(seconds), float(peak)


def measured(what: str, path: Path) -> tuple[int, float, float]:
    """Medians of some runs."""
    runs = [run_once(what, path) for _ in range(ROUNDS)]
    seconds, peak = (statistics.median(run[i] for run in runs) for i in (1, 2))
    return runs[0][0], seconds, peak


def main(sizes: list[int]) -> None:
    """Print the table, and keep it."""
    head = ["entities", "MB", "triples", "read CPU s", "peak MiB"]
    head += ["rdflib CPU s", "rdflib MiB", "ratio"]
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        for entities in sizes:
            path = Path(temporary) / f"crate-{entities}.json"
            write_crate(path, entities)
            triples, seconds, peak = measured("ours", path)
            row = [str(entities), f"{path.stat().st_size / 1e6:.1f}", str(triples)]
            row += [f"{seconds:.2f}", f"{peak:.0f}"]
            if entities <= _LARGEST_FOR_RDFLIB:
                found, theirs, their_peak = measured("rdflib", path)
                assert found == triples, "rdflib finds other triples"
                row += [f"{theirs:.2f}", f"{their_peak:.0f}", f"{theirs / seconds:.0f}x"]
            else:
                row += ["-", "-", "-"]
            rows.append(row)
    table = Table("Reading a crate", head, rows)
    print(table.markdown())
    save("reading", [table])


if __name__ == "__main__":
    if sys.argv[1:2] in (["ours"], ["rdflib"]):
        work = read_here if sys.argv[1] == "ours" else read_with_rdflib
        began = time.process_time()
        count = work(Path(sys.argv[2]))
        spent = time.process_time() - began
        print(count, spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    else:
        main([int(argument) for argument in sys.argv[1:]] or list(SIZES))
