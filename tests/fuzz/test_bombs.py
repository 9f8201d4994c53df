"""Small files that would grow without bounds: nested deeply, entities and aliases of themselves."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from random import Random
from typing import Any

import pytest
from fuzz.fuzzing import valid_sources, write
from support import REPOSITORY

from ingest.formats import FORMATS

DEPTHS = (150, 250, 950, 100_000)
TIMEOUT_S = 120
_HERE = "__here__"
_ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
_ALIASES = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)


def _deep_json(text: str, random: Random) -> list[str]:
    """The document with one of its values nested, for each depth and in several ways."""
    document = json.loads(text)
    holders: list[tuple[Any, Any]] = []
    pending = [document]
    while pending:
        value = pending.pop()
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            holders.append((value, key))
            if isinstance(inner, dict | list):
                pending.append(inner)
    if not holders:
        return []
    holder, key = random.choice(holders)
    holder[key] = _HERE
    made = json.dumps(document)
    return [
        made.replace(f'"{_HERE}"', opening * depth + "1" + closing * depth)
        for depth in DEPTHS
        for opening, closing in (("[", "]"), ('{"a":', "}"), (f'{{"{key}":', "}"))
    ]


def _deep_xml(text: str) -> list[str]:
    start = text.rindex("</")
    name = text[start + 2 :].strip().rstrip(">").strip()
    return [
        text[:start] + f"<{tag}>" * depth + f"</{tag}>" * depth + text[start:]
        for depth in DEPTHS
        for tag in ("x", name)
    ]


def _workbooks(content: bytes, random: Random) -> list[bytes]:
    """A spreadsheet with a part of its package nested, full of entities, or of nothing."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    name = random.choice([n for n in sorted(parts) if n.endswith((".xml", ".rels"))])
    text = parts[name].decode()
    body = text[text.index("?>") + 2 :] if text.startswith("<?xml") else text
    nothing = body[: body.rindex("</")] + " " * 100_000_000 + body[body.rindex("</") :]
    made = []
    for changed in (*_deep_xml(text), _ENTITIES + body.replace("</", "&i;</"), nothing):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
            for other, part in parts.items():
                package.writestr(other, changed if other == name else part)
        made.append(stream.getvalue())
    return made


def bombs(name: str) -> dict[str, bytes]:
    """Bombs in the form of a format's valid sources, by file name."""
    made: dict[str, bytes] = {}
    random = Random(name)
    for number, source in enumerate(valid_sources(name)):
        for path, content in source.items():
            stem, suffix = f"{number:03}-{Path(path).stem}", Path(path).suffix
            text = content.decode("utf-8", "replace")
            new: list[str] = []
            try:
                if suffix == ".xlsx":
                    # as the file that an ARC is known by
                    for n, one in enumerate(_workbooks(content, random)):
                        made[f"{stem}-{n:02}/isa.investigation.xlsx"] = one
                if suffix in (".json", ".jsonld"):
                    new = _deep_json(text, random)
                elif suffix in (".xml", ".provx"):
                    body = text[text.index("?>") + 2 :] if text.startswith("<?xml") else text
                    new = [*_deep_xml(text), _ENTITIES + body.replace("</", "&i;</")]
                elif suffix in (".yaml", ".yml"):
                    new = [_ALIASES + text, text + _ALIASES]
                    new += [f"{text}\nx: {'[' * d}{']' * d}\n" for d in DEPTHS]
                elif suffix in (".ttl", ".trig"):
                    new = [text + "<a> <b> " + "[ <b> " * d + "1 " + "]" * d + " ." for d in DEPTHS]
                    new += [text + "<a> <b> " + "( " * d + ")" * d + " ." for d in DEPTHS]
                elif suffix == ".provn":
                    new = [text + "entity(" * d for d in DEPTHS]
            except (ValueError, zipfile.BadZipFile):
                continue  # broken, as some valid sources' payload is
            made |= {f"{stem}-{n:02}{suffix}": one.encode() for n, one in enumerate(new)}
    names = sorted(made)
    chosen = set(random.sample(names, min(len(names), 60)))
    return {key: made[key] for key in names if key in chosen}


@pytest.mark.parametrize("name", [f.name for f in FORMATS if f.name != "isa-tab"])
def test_bombs_are_taken_or_refused(name: str, tmp_path: Path) -> None:
    made = bombs(name)
    assert made
    write(made, tmp_path)
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "bombs.py"), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'tests'}"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )
    assert done.returncode == 0, f"{done.stdout[-500:]}{done.stderr[-3000:]}"
    assert done.stdout.count("\n") == len(made)
