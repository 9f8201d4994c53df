"""The keys that tell studies and assays apart where their own names are missing or the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from ingest.findings import Findings
from ingest.isa.model import Assay, Study


def with_study_keys(studies: Sequence[Study], where: str, findings: Findings) -> tuple[Study, ...]:
    """Key by identifier, else by file name, else by number; what is taken gets more to it."""
    taken: set[str] = set()
    keyed = []
    for number, study in enumerate(studies, start=1):
        stem = PurePosixPath(study.filename).stem
        choices = [study.identifier, stem, f"{study.identifier} {stem}".strip()]
        key = _free(choices, number, taken)
        if study.identifier and key != study.identifier:
            findings.warned(
                "repeated-study", where, f"another study has the identifier {study.identifier!r}"
            )
        keyed.append(replace(study, key=key))
    return tuple(keyed)


def with_assay_keys(assays: Sequence[Assay]) -> tuple[Assay, ...]:
    """Key by file name, else by identifier, else by number."""
    taken: set[str] = set()
    return tuple(
        replace(assay, key=_free([assay.filename, assay.identifier], number, taken))
        for number, assay in enumerate(assays, start=1)
    )


def _free(choices: Sequence[str], number: int, taken: set[str]) -> str:
    key = next((c for c in choices if c and c not in taken), str(number))
    while key in taken:
        key += "~"
    taken.add(key)
    return key
