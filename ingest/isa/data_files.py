"""Kinds of ISA data file, by the heading of their column (ISA-JSON: ``type`` of a data object)."""

from __future__ import annotations

import re

_KNOWN = (
    "Raw Data File", "Derived Data File", "Image File", "Acquisition Parameter Data File",
    "Raw Spectral Data File", "Derived Spectral Data File", "Free Induction Decay Data File",
    "Array Data File", "Array Data Matrix File", "Derived Array Data File",
    "Derived Array Data Matrix File", "Protein Assignment File", "Peptide Assignment File",
    "Protein Identification File", "Peptide Identification File",
    "Post Translational Modification Assignment File", "Metabolite Assignment File",
    "Metabolite Identification File",
)  # fmt: skip
_BY_LOWER = {name.lower(): name for name in _KNOWN}
# RFC 7111 (CSV), RFC 5147 (text), RFC 3778 (PDF), XPointer: a scheme, then what it selects
_FRAGMENT = re.compile(
    r"(?P<whole>[^#]+)#(?:(?:col|row|cell|line|char|page|xywh|t)=|xpointer\(|/).+", re.IGNORECASE
)
_RESULTS = ("Assignment File", "Identification File")


def file_type(heading: str) -> str:
    """The heading in the specification's spelling where it is a known one, else as written."""
    text = re.sub(r"\s+", " ", heading).strip()
    return _BY_LOWER.get(text.lower(), text)


def class_name(type_name: str) -> str | None:
    """The class of a known type of file: ``Raw Data File`` is a ``RawDataFile``."""
    return type_name.replace(" ", "") if type_name.lower() in _BY_LOWER else None


def fragment_of(name: str) -> str:
    """The file that a name selects a part of (``a.csv`` of ``a.csv#col=2``), else empty."""
    match = _FRAGMENT.fullmatch(name)
    return match["whole"] if match else ""


def is_derived(type_name: str) -> bool:
    """Whether the file is a result of processing other files, by its kind."""
    return type_name.startswith("Derived") or type_name.endswith(_RESULTS)


def is_settings(type_name: str) -> bool:
    """Whether the file says how the instrument was set: a by-product, not the next thing made.

    Repositories name it alike in every row, so that whatever came through it would come from all.
    """
    return type_name == "Acquisition Parameter Data File"
