"""Valid sources made wrong: their values, cells, elements, tokens and bytes changed at random.

A source is a mapping from file names (POSIX, relative) to bytes. All choices are made by a
``random.Random``, which Hypothesis may steer.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import PurePosixPath
from random import Random
from typing import Any
from xml.etree import ElementTree

import yaml

Tree = dict[str, bytes]

TEXTS = [
    "", " ", "\t", "\n", "a\nb", "a\r\nb", "\x00", "\x1b[31m", "\ufeff", "\u202e", "\ud800", "é",
    "\U0001f600", "e\u0301", "x" * 70_000, "0", "-1", "007", "1e400", "-0.0", "9" * 5_000, "NaN",
    "true", "null", "~", "{}", "[]", "{", "<a/>", "&x;", "]]>", "%", "%zz", "%2F", "#", "##", "?",
    "/", "//", "//x", "./", "../..", "..", ".", ":", "::", "a:b", "_:b", "_:", "://", "http://",
    "http://[", "http://x:y/", "http://a b", "https://example.org/%zz", "urn:", "urn:x:y",
    "mailto:",    "file:///etc/passwd", "C:\\x\\y", "<http://x>", "10.5281/zenodo.1", "https://doi.org/10.1/",
    "https://orcid.org/0000-0002-1825-0097", "2024-02-30T25:61:61Z", "2024-01-01T00:00:00+99:99",
    "0000-00-00", "99999-01-01", "-0001-01-01T00:00:00Z", "2024-01-01T00:00:00Z", "P1Y", "PT",
    "@id", "@type", "@value", "@list", "@graph", "@context", "@none", "$", "prov:type", "xsd:int",
    "id", "name", "type", "pid", "investigation", "data", "inputs", "outputs", "Term Source REF",
    "Sample Name", "Characteristics[]", "Protocol REF", "Raw Data File", "Factor Value[",
]  # fmt: skip
_NUMBERS = [0, -1, 1, 2**31, 2**53 + 1, 2**63, 10**30, -(10**400), 1e308, 1e-320, -0.0, 0.1,
            float("inf"), float("nan")]  # fmt: skip
_NAMES = ["\udcff.json", "a\nb.json", "%zz.json", "a b#c?.json", "é.json", ".json", "a.b.ndjson",
          "x" * 240 + ".json", "[x].yaml", "x.xml", "<x>.provn", "\\x\\.ttl", "'\".txt",
          "a_\udcff.txt", "s_\udc80.txt", "\udcc3.provn", "ro-crate-metadata.json"]  # fmt: skip


def mutated(random: Random, source: Tree) -> Tree:
    """The source with up to four changes, in one or two of its files."""
    made = dict(source)
    for _ in range(random.choice((1, 1, 2))):
        name = random.choice(sorted(made))
        if random.randrange(40) == 0:
            other = random.choice(_NAMES)
            folder, _, _ = name.rpartition("/")
            made[f"{folder}/{other}" if folder else other] = made.pop(name)
        elif random.randrange(40) == 0:
            del made[name]
            made.setdefault("left.txt", b"")
        else:
            made[name] = mutated_file(random, made[name], PurePosixPath(name).suffix.lower())
    return made


def mutated_file(random: Random, content: bytes, suffix: str) -> bytes:
    """A file's content changed in the manner of what it is, or as mere bytes."""
    change = _CHANGES.get(suffix)
    if change is not None and random.randrange(5):
        try:
            content = change(random, content)
        except (ValueError, yaml.YAMLError, ElementTree.ParseError, RecursionError):
            content = _bytes(random, content)  # broken already
        if random.randrange(8):
            return content
    return _bytes(random, content)


def packed(random: Random, source: Tree) -> bytes:
    """The source as a zip, damaged now and then."""
    stream = io.BytesIO()
    method = random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA))
    folder = random.choice(("", "", "c/", "c/../", "/", "é/", "__MACOSX/"))
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in source.items():
            archive.writestr((folder + name).encode("utf-8", "replace").decode(), content)
    content = stream.getvalue()
    return content if random.randrange(3) else _bytes(random, content)


# --- bytes and lines ---------------------------------------------------------------------


_JUNK = [b"\x00", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc3", b"\x85", b"\r",
         b"\n", b"\n\n", b"\t", b'"', b"'", b"{", b"}", b"[", b"]", b"<", b">", b"&", b",", b":",
         b"\\", b"\\ud800", b"\\u0000", b"NaN", b"-", b"1" * 5_000, b"\xe2\x80\xa8", b"#", b"*a",
         b"&a ", b"!!x ", b"%", b";", b"("]  # fmt: skip


def _bytes(random: Random, content: bytes) -> bytes:
    for _ in range(random.choice((1, 1, 2, 4))):
        start = random.randrange(len(content) + 1)
        end = min(len(content), start + random.choice((1, 1, 2, 8, 64, 1024)))
        kind = random.randrange(6)
        if kind == 0:
            content = content[:start]
        elif kind == 1:
            content = content[:start] + content[end:]
        elif kind == 2:
            content = content[:end] + content[start:end] + content[end:]
        elif kind == 3:
            content = content[:start] + random.choice(_JUNK) + content[start:]
        elif kind == 4:
            content = content[:start] + bytes([random.randrange(256)]) + content[start + 1 :]
        elif random.randrange(4):
            content = content[:start] + random.choice(_JUNK) + content[end:]
        else:
            encoding = random.choice(("utf-16", "utf-16-be", "utf-32", "latin-1", "cp037"))
            content = content.decode("utf-8", "replace").encode(encoding, "replace")
    return content


# --- values: JSON, lines of JSON, YAML -----------------------------------------------------


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each container with each of its keys or indexes."""
    pending = [value]
    while pending:
        holder = pending.pop()
        for key, inner in holder.items() if isinstance(holder, dict) else enumerate(holder):
            yield holder, key
            if isinstance(inner, (dict, list)):
                pending.append(inner)


def _odd_value(random: Random) -> Any:
    kind = random.randrange(8)
    if kind < 3:
        return random.choice(TEXTS)
    if kind == 3:
        return random.choice(_NUMBERS)
    if kind == 4:
        return random.choice((None, True, False))
    if kind == 5:
        return [_odd_value(random) for _ in range(random.randrange(3))]
    if kind == 6:
        return {random.choice(TEXTS): _odd_value(random) for _ in range(random.randrange(3))}
    deep: Any = random.choice(TEXTS)
    shape = random.randrange(2)
    for _ in range(random.choice((10, 70, 150, 199, 201, 300))):
        deep = [deep] if shape else {"a": deep}
    return deep


def _change_values(random: Random, document: Any) -> Any:
    holder_of_all = [document]
    for _ in range(random.choice((1, 1, 2, 3, 4))):
        places = list(_places(holder_of_all))
        holder, key = random.choice(places)
        other_holder, other_key = random.choice(places)
        kind = random.randrange(8)
        if kind == 0:
            if len(places) > 1 and holder is not holder_of_all:
                del holder[key]
        elif kind == 1 and isinstance(holder, dict):
            keys = [k for h, k in places if isinstance(h, dict)]
            holder[random.choice((random.choice(keys), random.choice(TEXTS)))] = holder.pop(key)
        elif kind == 2:
            copied = other_holder[other_key]
            if len(json.dumps(copied, default=str)) < 100_000:
                holder[key] = json.loads(json.dumps(copied, default=str))
        elif kind == 3:
            holder[key] = [holder[key]] if random.randrange(2) else {"a": holder[key]}
        elif kind == 4 and isinstance(holder, list) and len(holder) < 1_000:
            holder.append(json.loads(json.dumps(holder[key], default=str)))
        elif kind == 5 and isinstance(holder[key], list) and holder[key]:
            holder[key] = holder[key][0]
        elif kind == 6 and isinstance(holder, dict):
            holder[random.choice(TEXTS)] = _odd_value(random)
        else:
            holder[key] = _odd_value(random)
    return holder_of_all[0] if holder_of_all else None


def _json(random: Random, content: bytes) -> bytes:
    document = _change_values(random, json.loads(content))
    return json.dumps(document, ensure_ascii=bool(random.randrange(3))).encode(
        "utf-8", "surrogatepass"
    )


def _json_lines(random: Random, content: bytes) -> bytes:
    lines = content.splitlines()
    at = random.randrange(len(lines))
    lines[at] = _json(random, lines[at])
    return b"\n".join(lines)


class _OddDumper(yaml.SafeDumper):
    """Writes what the safe dumper refuses."""


def _yaml(random: Random, content: bytes) -> bytes:
    if b"&" in content or random.randrange(3) == 0:
        return _rows(random, content)  # an alias may hold itself
    document = _change_values(random, yaml.safe_load(content))
    text = yaml.dump(document, Dumper=_OddDumper, allow_unicode=True, sort_keys=False)
    return text.encode("utf-8", "surrogatepass")


_OddDumper.add_multi_representer(date, lambda dumper, value: dumper.represent_str(str(value)))


# --- XML -----------------------------------------------------------------------------------


_NAMESPACE = re.compile(r"""xmlns:(\w+)=["']([^"']*)["']""")
_ROOT = re.compile(r"<[\w:.-]+")


def _declared(text: str, prefixes: dict[str, str]) -> bytes:
    """The document with these prefixes, which names in its texts use, in its root."""
    missing = [f' xmlns:{p}="{n}"' for p, n in prefixes.items() if f"xmlns:{p}=" not in text]
    text = _ROOT.sub(lambda root: root[0] + "".join(missing), text, count=1)
    return text.encode("utf-8", "surrogatepass")


def _xml(random: Random, content: bytes) -> bytes:
    root = ElementTree.fromstring(content)
    declared = dict(_NAMESPACE.findall(content.decode("utf-8", "replace")))
    for prefix, namespace in declared.items():
        ElementTree.register_namespace(prefix, namespace)
    for _ in range(random.choice((1, 1, 2, 3, 4))):
        elements = list(root.iter())
        element, other = random.choice(elements), random.choice(elements)
        text = random.choice(TEXTS)
        kind = random.randrange(8)
        if kind == 0 and len(element):
            element.remove(element[random.randrange(len(element))])
        elif kind == 1:
            element.text = text
        elif kind == 2:
            element.tag = random.choice((other.tag, "x", "{http://x.example/}y", "{}z"))
        elif kind == 3 and len(element):
            element.append(element[random.randrange(len(element))])
        elif kind == 4 and element.attrib:
            element.attrib[random.choice(sorted(element.attrib))] = text
        elif kind == 5 and element.attrib:
            del element.attrib[random.choice(sorted(element.attrib))]
        elif kind == 6:
            element.attrib.update(other.attrib or {"x": text})
        else:
            inner = element
            for _ in range(random.choice((1, 50, 400))):
                inner = ElementTree.SubElement(inner, str(other.tag))
            inner.text = text
    return _declared(ElementTree.tostring(root, encoding="unicode"), declared)


def _workbook(random: Random, content: bytes) -> bytes:
    """A spreadsheet with one of the parts of its package changed or left out."""
    made = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = {name: package.read(name) for name in package.namelist()}
    except zipfile.BadZipFile as error:
        raise ValueError("broken already") from error
    name = random.choice(sorted(parts))
    if random.randrange(8):
        parts[name] = mutated_file(random, parts[name], ".xml")
    else:
        del parts[name]
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return made.getvalue()


# --- tables, and texts of tokens --------------------------------------------------------------


def _rows(random: Random, content: bytes) -> bytes:
    rows = content.decode("utf-8", "replace").split("\n")
    for _ in range(random.choice((1, 1, 2, 3))):
        at, other = random.randrange(len(rows)), random.randrange(len(rows))
        kind = random.randrange(8)
        if kind == 0 and len(rows) > 1:
            del rows[at]
        elif kind == 1:
            rows.insert(other, rows[at])
        elif kind == 2:
            rows[at], rows[other] = rows[other], rows[at]
        else:
            rows[at] = _cells(random, rows[at], rows[other], kind)
    return "\n".join(rows).encode("utf-8", "surrogatepass")


def _cells(random: Random, row: str, other: str, kind: int) -> str:
    cells, others = row.split("\t"), other.split("\t")
    at = random.randrange(len(cells))
    if kind == 3:
        del cells[at]
    elif kind == 4:
        cells.insert(at, cells[random.randrange(len(cells))])
    elif kind == 5:
        cells[at] = random.choice(others)
    elif kind == 6:
        cells[at] = f'"{random.choice(TEXTS)}"'
    else:
        cells[at] = random.choice(TEXTS)
    return "\t".join(cells)


_TOKEN = re.compile(r"\s+|[\w.\-]+|\"[^\"]*\"|.", re.DOTALL)


def _tokens(random: Random, content: bytes) -> bytes:
    tokens = _TOKEN.findall(content.decode("utf-8", "replace"))
    for _ in range(random.choice((1, 1, 2, 4))):
        if not tokens:
            break
        at, other = random.randrange(len(tokens)), random.randrange(len(tokens))
        kind = random.randrange(6)
        if kind == 0:
            del tokens[at]
        elif kind == 1:
            tokens.insert(at, tokens[other])
        elif kind == 2:
            tokens[at], tokens[other] = tokens[other], tokens[at]
        elif kind == 3:
            tokens[at] = tokens[other]
        elif kind == 4:
            tokens[at] = random.choice(TEXTS)
        else:
            tokens[at] = f'"{random.choice(TEXTS)}"'
    return "".join(tokens).encode("utf-8", "surrogatepass")


_CHANGES: dict[str, Callable[[Random, bytes], bytes]] = {
    ".json": _json,
    ".jsonld": _json,
    ".ndjson": _json_lines,
    ".jsonl": _json_lines,
    ".yaml": _yaml,
    ".yml": _yaml,
    ".xml": _xml,
    ".provx": _xml,
    ".xlsx": _workbook,
    ".txt": _rows,
    ".tsv": _rows,
    ".provn": _tokens,
    ".ttl": _tokens,
    ".trig": _tokens,
    ".nt": _tokens,
}
