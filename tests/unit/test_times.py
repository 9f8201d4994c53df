import pytest
from pyoxigraph import Literal

from kg_service.align.times import time_literal


@pytest.mark.parametrize(
    ("written", "made", "datatype"),
    [
        ("2026-05-12T16:20:00+00:00", "2026-05-12T16:20:00+00:00", "dateTime"),
        ("2026-05-12T16:20:00Z", "2026-05-12T16:20:00+00:00", "dateTime"),
        ("2026-05-12T16:20:00.5", "2026-05-12T16:20:00.500000", "dateTime"),
        ("2026-05-12 16:20", "2026-05-12T16:20:00", "dateTime"),
        ("2026-05-12T16:20:00+0200", "2026-05-12T16:20:00+02:00", "dateTime"),
        ("2026-05-12", "2026-05-12", "date"),
        ("UNPUBLISHED", "UNPUBLISHED", "string"),
        ("2026-13-45T00:00:00", "2026-13-45T00:00:00", "string"),
        ("2026", "2026", "string"),
        ("20:15", "20:15", "string"),
    ],
)
def test_iso_times_are_typed_and_others_kept(written: str, made: str, datatype: str) -> None:
    literal, valid = time_literal(Literal(written))
    assert (literal.value, literal.datatype.value.rpartition("#")[2]) == (made, datatype)
    assert valid is (datatype != "string")
