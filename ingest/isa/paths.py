"""The names of things in IRIs: made of kinds and names, so the same in ISA-Tab and ISA-JSON.

A path is relative to the source's base; an absolute address stays what it is.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence

from ingest.iri import has_scheme, segment, valid_reference
from ingest.isa.model import Assay, Kind, NodeRef, Process, Publication, Study

INVESTIGATION = "investigation"


def _segment(name: str) -> str:
    """A name as a path segment that no one takes for a relative step."""
    return "%2E" * len(name) if name in (".", "..") else segment(name)


def study_path(study: Study) -> str:
    return INVESTIGATION if study.implied else f"study/{_segment(study.key)}"


def assay_path(study: Study, assay: Assay) -> str:
    return f"{study_path(study)}/{'run' if assay.is_run else 'assay'}/{_segment(assay.key)}"


def workflow_path(identifier: str) -> str:
    return part_path(INVESTIGATION, "workflow", identifier)


def part_path(owner: str, kind: str, name: str) -> str:
    """A named part of a study, assay or protocol: ``study/S1/protocol/growth``."""
    return f"{owner}/{kind}/{_segment(name)}"


def node_path(ref: NodeRef, study: str, own: str) -> str:
    """A material by its study or table, a file by its place in the folder or its address."""
    if ref.kind is Kind.FILE:
        if is_address(ref.name):
            return valid_reference(ref.name)
        return "file/" + "/".join(map(_segment, ref.name.replace("\\", "/").split("/")))
    owner = ref.home or (study if ref.kind in (Kind.SOURCE, Kind.SAMPLE) else own)
    return part_path(owner, ref.kind.value, ref.name)


def publication_path(publication: Publication) -> str:
    for kind, name in (("doi", publication.doi), ("pubmed", publication.pubmed_id)):
        if name:
            return f"publication/{kind}/{_segment(name)}"
    return f"publication/{_digest(publication.title, publication.author_list)}"


def is_address(text: str) -> bool:
    """Whether a text is an absolute address, not merely a name with a colon in it."""
    if "://" not in text or any(c.isspace() for c in text):
        return False
    return has_scheme(text) and has_scheme(valid_reference(text))


def process_paths(
    processes: Sequence[Process], owner: str, path_of: Callable[[NodeRef], str]
) -> list[str]:
    """A path for each process of a table.

    A named process is known by protocol and name; an unnamed one by protocol, values and what
    stands before it. Where that is the same for several, values and inputs are added, then
    outputs. Only processes that agree in all of that have the same path.
    """
    upstream = _upstream_digests(processes, path_of)
    paths = []
    for process, digest in zip(processes, upstream, strict=True):
        start = f"{owner}/process/{_segment(process.protocol) or '-'}/"
        paths.append(start + (_segment(process.name) or digest))
    taken = Counter(paths)
    for i, digest in enumerate(upstream):
        if taken[paths[i]] > 1 and processes[i].name:
            paths[i] = f"{paths[i]}~{digest}"
    taken = Counter(paths)
    again = [i for i, path in enumerate(paths) if taken[path] > 1]
    if again:
        following = _following(processes)
        for i in again:
            down = sorted(path_of(ref) for ref in _downstream(i, processes, following))
            paths[i] = f"{paths[i]}~{_digest(*down)}"
    return paths


def _upstream_digests(processes: Sequence[Process], path_of: Callable[[NodeRef], str]) -> list[str]:
    digests: dict[int, str] = {}
    for start in range(len(processes)):
        pending = [start]
        entered: set[int] = set()
        while pending:
            i = pending[-1]
            if i in digests:
                pending.pop()
                continue
            waiting = [p for p in processes[i].previous if p not in digests and p not in entered]
            if waiting and i not in entered:
                entered.add(i)
                pending += waiting
                continue
            process = processes[i]
            inputs = sorted(path_of(ref) for ref in process.inputs)
            before = sorted(digests.get(p, "") for p in process.previous)
            digests[i] = _digest(*_own(process), *inputs, "|", *before)
            pending.pop()
    return [digests[i] for i in range(len(processes))]


def _own(process: Process) -> list[str]:
    """What a process is by itself. Terms and comments add nothing that tells it from others."""
    values = sorted(
        "\x1e".join((v.category, v.value.value, v.unit.value)) for v in process.parameter_values
    )
    return [process.protocol, process.name, process.performer, process.date, *values, "|"]


def _following(processes: Sequence[Process]) -> dict[int, list[int]]:
    following: dict[int, list[int]] = {}
    for i, process in enumerate(processes):
        for before in process.previous:
            following.setdefault(before, []).append(i)
    return following


def _downstream(
    start: int, processes: Sequence[Process], following: dict[int, list[int]]
) -> set[NodeRef]:
    """The nodes that come out of a process, or of unbroken processes after it."""
    seen = {start}
    pending = [start]
    found: set[NodeRef] = set()
    while pending:
        i = pending.pop()
        found.update(processes[i].outputs)
        if not processes[i].outputs:
            new = [n for n in following.get(i, ()) if n not in seen]
            seen.update(new)
            pending += new
    return found


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
