"""Takes each file of a folder in bounded memory: ``python tests/fuzz/bombs.py FOLDER``.

Prints a line for each, ``NAME: SOURCES taken``, and dies of what is no error of ours.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fuzz.fuzzing import limit_memory, take

from kg_service.errors import KgError
from kg_service.opening import load_alignment


def main() -> None:
    alignment = load_alignment()
    limit_memory()
    for path in sorted(Path(sys.argv[1]).iterdir()):
        try:
            print(f"{path.name}: {take(path, alignment)} taken", flush=True)
        except KgError as error:
            print(f"{path.name}: {error}", flush=True)


if __name__ == "__main__":
    main()
