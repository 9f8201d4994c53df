"""What tells that a graph of some name still has the content that was counted."""

from __future__ import annotations

from collections.abc import Iterable

from kg_service.catalogue import SourceRecord


def current_stamps(records: Iterable[SourceRecord]) -> dict[str, str]:
    """The graphs of sources' current versions, each with its stamp.

    A source that comes back after it was withdrawn has graphs of the same names, which need not
    say the same.
    """
    found: dict[str, str] = {}
    for record in records:
        asserted = f"{record.version} {record.ingested} {record.asserted}"
        derived = f"{asserted} {record.mapping_sets} {record.aligned}"
        found.update(dict.fromkeys(record.asserted_graphs, asserted))
        found.update(dict.fromkeys(record.aligned_graphs, derived))
        if record.identity_graph:
            found[record.identity_graph] = derived
    return found
