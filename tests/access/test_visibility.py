"""Who may see a version, from when; and deciding it by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from support import BASE, crate

from ingest.document import Visibility
from kg_service.access.caller import ANONYMOUS, OPERATOR, Caller
from kg_service.access.deciding import Decided
from kg_service.access.holdings import holdings
from kg_service.access.sight import Sights, Tier
from kg_service.access.visibility import Shown
from kg_service.align.engine import Alignment
from kg_service.catalogue import Catalogue
from kg_service.errors import NotKnown, UsageError
from kg_service.intake import Intake
from kg_service.store.embedded import OxigraphStore
from kg_service.visibility import decide_visibility
from kg_service.withdraw import withdraw

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
INSIDER = Caller("insider", internal=True)
MEMBER = Caller("member", groups=frozenset({"a"}))
ALL = {"anonymous": ANONYMOUS, "insider": INSIDER, "member": MEMBER, "operator": OPERATOR}


def told(*visibilities: str, groups: str = "", dates: str = "") -> Shown:
    def several(text: str) -> frozenset[str]:
        return frozenset(text.split())

    return Shown.told(frozenset(visibilities), several(groups), several(dates), BEFORE)


@pytest.mark.parametrize(
    ("shown", "who"),
    [
        (told("public"), "anonymous insider member operator"),
        (told("internal"), "insider operator"),
        (told("internal", dates="2026-04-01"), "insider operator"),
        (told("restricted"), "operator"),
        (told("restricted", groups="a b"), "member operator"),
        (told("restricted", groups="b"), "operator"),
        (told("restricted", dates="2026-05-01"), "anonymous insider member operator"),
        (told("restricted", dates="2026-05-01T12:00:01Z"), "operator"),
        (
            told("restricted", dates="2026-05-01T13:00:00+01:00"),
            "anonymous insider member operator",
        ),
        (told("restricted", groups="a", dates="2026-05-02"), "member operator"),
        (told("restricted", dates="2025-12-31"), "operator"),
        (told("restricted", dates="2026-04-01 2026-06-01"), "operator"),
        (told("restricted", dates="soon"), "operator"),
        (told("public", dates="2026-06-01"), "operator"),
        (told("public", dates="2025-06-01"), "anonymous insider member operator"),
        (told("public", "restricted"), "operator"),
        (told("public", "internal"), "operator"),
        (told("Public"), "operator"),
        (told(), "operator"),
    ],
)
def test_who_sees_a_version(shown: Shown, who: str) -> None:
    assert [name for name, caller in ALL.items() if shown.to(caller, NOW)] == who.split()


@pytest.mark.parametrize(
    ("visibility", "groups", "embargo", "message"),
    [
        (Visibility.PUBLIC, ["a"], None, "what is public has no groups and no embargo: leave "
         "these out, or say restricted"),
        (None, [" "], None, "a group without a name: give --group NAME"),
        (None, [], "soon", "--embargo 'soon' is no date: write its end as 2027-05-01 or "
         "2027-05-01T12:00:00Z"),
        (None, [], "2020-01-01", "--embargo 2020-01-01 has passed; leave it out, or say public"),
    ],
)  # fmt: skip
def test_what_can_not_be_decided(
    visibility: Visibility | None, groups: list[str], embargo: str | None, message: str
) -> None:
    with pytest.raises(UsageError) as raised:
        Decided.written(visibility, groups, embargo)
    assert str(raised.value) == message


def test_nothing_said_is_nothing_decided() -> None:
    assert Decided.written(None) is None


def take(
    store: OxigraphStore, alignment: Alignment, folder: Path, decided: Decided | None = None
) -> None:
    (report,) = Intake(store, alignment, BASE, decided).take_path(folder, "field")
    assert report is not None
    assert report.error is None, report.error


def seen(store: OxigraphStore, caller: Caller, now: datetime | None = None) -> int:
    """How many versions a caller sees."""
    return len(Sights(store).of(caller, now).versions)


def test_a_decision_outlasts_versions_and_withdrawal(alignment: Alignment, tmp_path: Path) -> None:
    store = OxigraphStore()
    take(store, alignment, crate(tmp_path / "1"), Decided.written(None, ["a"]))
    take(store, alignment, crate(tmp_path / "2", description="new"))
    (record,) = Catalogue(store).sources()
    assert (record.visibility, record.groups) == ("restricted", ("a",))
    withdraw(store, BASE, "field", "wrong")
    take(store, alignment, crate(tmp_path / "3", description="newer"))
    assert seen(store, ANONYMOUS) == 0
    assert seen(store, MEMBER) == 3


def test_the_same_bytes_can_be_decided_on_again(alignment: Alignment, tmp_path: Path) -> None:
    store, folder = OxigraphStore(), crate(tmp_path / "1")
    take(store, alignment, folder)
    take(store, alignment, folder, Decided.written(Visibility.INTERNAL))
    assert seen(store, ANONYMOUS) == 0
    assert seen(store, INSIDER) == 1


def test_an_embargo_that_was_decided_ends_for_later_versions_too(
    alignment: Alignment, tmp_path: Path
) -> None:
    store = OxigraphStore()
    take(store, alignment, crate(tmp_path / "1"), Decided.written(None, (), "2999-01-01"))
    take(store, alignment, crate(tmp_path / "2", description="new"))
    assert seen(store, ANONYMOUS) == 0
    assert seen(store, ANONYMOUS, datetime(2999, 1, 1, tzinfo=UTC)) == 2


def test_opening_a_source_does_not_open_what_was_before(
    alignment: Alignment, tmp_path: Path
) -> None:
    store = OxigraphStore()
    take(store, alignment, crate(tmp_path / "1"), Decided.written(Visibility.INTERNAL))
    take(store, alignment, crate(tmp_path / "2", description="new"))
    public = Decided.written(Visibility.PUBLIC)
    assert public is not None
    decide_visibility(store, BASE, "field", public)
    assert (seen(store, ANONYMOUS), seen(store, INSIDER)) == (1, 2)
    decide_visibility(store, BASE, "field", public, earlier=True)
    assert Sights(store).of(ANONYMOUS).whole


def test_a_tombstone_can_be_decided_on(alignment: Alignment, tmp_path: Path) -> None:
    store = OxigraphStore()
    take(store, alignment, crate(tmp_path / "1"))
    withdraw(store, BASE, "field", "wrong")
    internal = Decided.written(Visibility.INTERNAL)
    assert internal is not None
    decide_visibility(store, BASE, "field", internal)
    assert (seen(store, ANONYMOUS), seen(store, INSIDER)) == (0, 1)
    with pytest.raises(NotKnown, match=r"^there is no source 'feild'; see kg sources"):
        decide_visibility(store, BASE, "feild", internal)


def test_callers_who_see_the_same_share_a_sight(alignment: Alignment, tmp_path: Path) -> None:
    store = OxigraphStore()
    take(store, alignment, crate(tmp_path / "1"), Decided.written(None, ["a"]))
    sights = Sights(store)
    other = Caller("other", internal=True, groups=frozenset({"never", "heard"}))
    assert sights.of(other) == sights.of(ANONYMOUS)
    assert sights.of(other).tier is Tier.PUBLIC
    assert sights.of(MEMBER).whole
    assert holdings(store).groups == {"a"}
