"""How alike two files are, graded as Tonkaz grades them."""

from __future__ import annotations

import pytest

from kg_service.tracing.features import Features, Likeness, likeness


def file(formats: tuple[str, ...] = (), **told: str | float) -> Features:
    sums = {k: str(v) for k, v in told.items() if k.startswith(("sha", "md5"))}
    numbers = {k: float(v) for k, v in told.items() if k not in sums}
    return Features(sums, numbers, frozenset(formats))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (file(sha256="a"), file(sha256="a"), Likeness.SAME),
        (file(sha256="a", md5="x"), file(sha512="b", md5="x"), Likeness.SAME),
        (file(sha256="a", bytes=100), file(sha256="b", bytes=105), Likeness.SIMILAR),
        (file(sha256="a", bytes=100), file(sha256="b", bytes=106), Likeness.CHANGED),
        (file(sha256="a"), file(sha256="b"), Likeness.CHANGED),
        (file(bytes=100, lines=3), file(bytes=100, lines=9), Likeness.CHANGED),
        (file(bytes=100, lines=3), file(bytes=100), Likeness.SIMILAR),
        (file(bytes=0), file(bytes=0), Likeness.SIMILAR),
        (file(bytes=0), file(bytes=1), Likeness.CHANGED),
        (file(("format_2572",), bytes=9), file(("format_2572",), bytes=9), Likeness.SIMILAR),
        (file(("format_2572",), bytes=9), file(("format_3016",), bytes=9), Likeness.CHANGED),
        (file(sha256="a"), file(md5="b"), Likeness.UNKNOWN),
        (file(), file(bytes=1), Likeness.UNKNOWN),
    ],
)
def test_grades(first: Features, second: Features, expected: Likeness) -> None:
    found, because = likeness(first, second)
    assert found is expected
    assert because


def test_the_threshold_is_relative_to_the_first() -> None:
    assert likeness(file(bytes=100), file(bytes=120), 0.2)[0] is Likeness.SIMILAR
    assert likeness(file(bytes=120), file(bytes=100), 0.1)[0] is Likeness.CHANGED
    assert likeness(file(bytes=100), file(bytes=101), 0.0)[0] is Likeness.CHANGED
