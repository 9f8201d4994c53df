"""Which texts of a study are identifiers that its nodes bear in the world outside.

ISA has no field for the accession number or persistent identifier of a material or file:
studies put them in names, ``Comment[...]`` and ``Characteristics[...]``. Here they are told by
their shape. An accession number that several nodes of a kind bear is that of something they
have in common (the experiment in an archive), so it identifies none of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ingest.findings import Findings
from ingest.isa.model import Comment, Kind, Node, Person

_HEAD = r"(?:https?://\S*[/:=]|[A-Za-z.]+:)?"
_ANYWHERE = (
    r"(?:https?://(?:dx\.)?doi\.org/|doi:\s?)?10\.\d{4,9}/\S+"
    r"|(?:https?://\S+/)?ark:/?\d{5}\S+"
    r"|(?:https?://hdl\.handle\.net/|hdl:)\S+/\S+"
    r"|(?:https?://\S*igsn\.org/|igsn:)\S+"
)
_MATERIAL = re.compile(
    rf"{_HEAD}(?:SAM(?:N|D|E[AG]?)\d+|[ESD]RS\d{{6,}}|GSM\d+)|RRID:\s?\w+|{_ANYWHERE}",
    re.IGNORECASE,
)
_FILE = re.compile(rf"{_HEAD}[ESD]RR\d{{6,}}|swh:1:\S+|{_ANYWHERE}", re.IGNORECASE)
_PROCESS = re.compile(rf"{_HEAD}[ESD]RX\d{{6,}}", re.IGNORECASE)
_STUDY = re.compile(
    rf"{_HEAD}(?:PRJ[EDN][A-Z]\d+|[ESD]RP\d{{6,}}|GSE\d+|E-[A-Z]{{4}}-\d+|PXD\d+|MTBLS\d+)",
    re.IGNORECASE,
)
_ORCID = re.compile(r"(?:https?://orcid\.org/|orcid:\s?)?(?:\d{4}-){3}\d{3}[\dXx]/?", re.IGNORECASE)
# an identifier under such a name is that of another thing
_OF_ANOTHER = re.compile(
    r"publication|reference|paper|article|protocol|licen|fund|grant|deriv|parent|mother|father|"
    r"child|relat|donor|same as|method|software",
    re.IGNORECASE,
)
_IGSN = re.compile(r"\bigsn\b", re.IGNORECASE)
_RRID = re.compile(r"\brrid\b", re.IGNORECASE)
_PREFERENCE = (
    Kind.SAMPLE, Kind.SOURCE, Kind.EXTRACT, Kind.LABELED_EXTRACT, Kind.MATERIAL, Kind.FILE,
)  # fmt: skip
_DIGESTS = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
_SIZE = re.compile(r"(?:file|data)?\s*size(?:\s*[\[(]?(?:in )?bytes?[\])]?)?|bytes", re.IGNORECASE)


@dataclass(frozen=True)
class Bearer:
    """A node by its path, what kind it is (None for a process), and the identifiers it bears."""

    path: str
    kind: Kind | None
    identifiers: tuple[str, ...]


def of_node(node: Node) -> tuple[str, ...]:
    """The identifiers in a node's name, comments and characteristics."""
    shape = _FILE if node.ref.kind is Kind.FILE else _MATERIAL
    texts: list[tuple[str, str]] = [] if node.ref.kind is Kind.FILE else [("", node.ref.name)]
    texts += ((c.name, c.value) for c in node.comments)
    texts += ((v.category, v.value.value) for v in node.characteristics)
    return _identifiers(texts, shape)


def of_process(comments: Iterable[Comment]) -> tuple[str, ...]:
    return _identifiers(((c.name, c.value) for c in comments), _PROCESS)


def of_study(comments: Iterable[Comment]) -> tuple[str, ...]:
    return _identifiers(((c.name, c.value) for c in comments), _STUDY)


def is_study_accession(text: str) -> bool:
    """Whether a study's identifier is that of a public archive."""
    return _STUDY.fullmatch(text) is not None


def of_person(person: Person) -> tuple[str, ...]:
    """The ORCIDs of a person."""
    texts = [person.orcid, *(c.value for c in person.comments)]
    return tuple(dict.fromkeys(t for t in texts if _ORCID.fullmatch(t)))


def _identifiers(texts: Iterable[tuple[str, str]], shape: re.Pattern[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name, text in texts:
        if not text or any(c.isspace() for c in text) or _OF_ANOTHER.search(name):
            continue
        if shape is _MATERIAL and _IGSN.search(name) and ":" not in text:
            found[f"igsn:{text}"] = None
        elif shape is _MATERIAL and _RRID.search(name) and ":" not in text:
            found[f"RRID:{text}"] = None
        elif shape.fullmatch(text):
            found[text] = None
    return tuple(found)


def assign(bearers: Iterable[Bearer], where: str, findings: Findings) -> dict[str, list[str]]:
    """Identifiers by the path of the one node that each belongs to.

    Where nodes of several kinds bear one, it is the sample's rather than the source's or
    the extract's; where several nodes of that kind do, it is nobody's, and a warning.
    """
    holders: dict[str, dict[Kind | None, list[str]]] = defaultdict(lambda: defaultdict(list))
    for bearer in bearers:
        for identifier in bearer.identifiers:
            holders[identifier][bearer.kind].append(bearer.path)
    assigned: dict[str, list[str]] = defaultdict(list)
    for identifier, by_kind in holders.items():
        preferred = [by_kind[kind] for kind in _PREFERENCE if kind in by_kind][:1]
        for paths in (*preferred, by_kind.get(None, [])):
            if len(paths) == 1:
                assigned[paths[0]].append(identifier)
            elif paths:
                findings.warned(
                    "shared-accession", where,
                    f"{identifier!r} is at {len(paths)} nodes of a kind, so it names none of them",
                )  # fmt: skip
    return assigned


def checksums(comments: Iterable[Comment]) -> Iterator[tuple[str, str | int]]:
    """Digests and the size in bytes that comments on a file give: ``("md5", "d41d8c...")``."""
    for comment in comments:
        name = comment.name.lower().replace("-", "").replace("_", " ")
        for digest, length in _DIGESTS.items():
            if digest in name and re.fullmatch(rf"[0-9A-Fa-f]{{{length}}}", comment.value):
                yield digest, comment.value.lower()
        if _SIZE.fullmatch(name.strip()) and comment.value.isdigit():
            yield "size", int(comment.value)
