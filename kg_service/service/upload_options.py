"""What an uploader says of what they upload, checked before any of it is kept."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from ingest.document import Visibility
from ingest.formats import FORMATS
from kg_service.access.caller import Caller, Scope
from kg_service.access.deciding import Decided
from kg_service.deposit import prefix_of
from kg_service.errors import UsageError
from kg_service.intake import is_valid_id
from kg_service.service.errors import HttpError

_FIELDS = ("id", "format", "visibility", "groups", "embargo")
_LONGEST_ID = 200
_DATE = re.compile(r"\d{4}-\d\d-\d\d")

Fields = dict[str, list[str]]


def asked_of(
    fields: Fields, who: Caller, source_id: str | None, otherwise: Visibility
) -> dict[str, Any]:
    """The options of a job. Raises UsageError, HttpError 403 for a group that is not theirs."""
    if unknown := sorted(set(fields) - set(_FIELDS)):
        raise UsageError(
            f"the form has a field {unknown[0][:40]!r}; there are {', '.join(_FIELDS)}, and files"
        )
    told = {name: _one(fields, name) for name in _FIELDS if name != "groups"}
    if source_id is not None and told["id"] is not None:
        raise UsageError("the id stands in the address already: leave it out of the form")
    is_admin = Scope.ADMIN in who.scopes
    known = None if is_admin else sorted(who.groups)
    groups = _groups(fields, known)
    embargo = _embargo(told["embargo"])
    wanted = given_id(source_id or told["id"])
    own = prefix_of(who.owner)
    is_named = wanted is not None and wanted.startswith("~")
    if is_named and not is_admin and not str(wanted).startswith(own):
        raise UsageError(f"ids that begin with ~ are their owners'; yours begin with {own}")
    return {
        # an admin puts things anywhere, others below their own name
        "below": "" if is_admin else who.owner,
        "by": own.rstrip("/"),
        "id": wanted,
        "format": _format(told["format"]),
        "decided": _decided(told["visibility"], groups, embargo),
        "otherwise": otherwise.value,
        "knownGroups": known,
    }


def given_id(id_: str | None) -> str | None:
    """An id as it may be given. Raises UsageError."""
    if id_ is not None and (len(id_) > _LONGEST_ID or not is_valid_id(id_)):
        raise UsageError(
            f"{id_[:_LONGEST_ID]!r} can not be an id: use letters, digits and . _ ~ - (and / "
            f"between parts), at most {_LONGEST_ID} characters"
        )
    return id_


def _one(fields: Fields, name: str) -> str | None:
    values = [value.strip() for value in fields.get(name, ())]
    if len(values) > 1:
        raise UsageError(f"the field {name} is given {len(values)} times")
    return values[0] or None if values else None


def _groups(fields: Fields, known: list[str] | None) -> list[str]:
    written = (part.strip() for value in fields.get("groups", ()) for part in value.split(","))
    groups = sorted({group for group in written if group})
    others = [group for group in groups if known is not None and group not in known]
    if others:
        raise HttpError(
            403,
            "not-your-group",
            f"you are not in the group {others[0][:100]!r}: only members can give a group "
            "something to see (GET /me tells which you are in)",
        )
    return groups


def _decided(written: str | None, groups: list[str], embargo: str | None) -> dict[str, Any] | None:
    """Who may see it, whatever it says itself; None where that is for it to say."""
    if written is not None and written not in list(Visibility):
        raise UsageError(
            f"there is no visibility {written[:40]!r}; there are {', '.join(Visibility)}"
        )
    if written == Visibility.RESTRICTED and not groups and embargo is None:
        raise UsageError("restricted to whom? name one or more of your groups in groups")
    if written == Visibility.PUBLIC and embargo is not None:
        written = None  # public from then, which is what an embargo means
    visibility = Visibility(written) if written is not None else None
    decided = Decided.written(visibility, groups, embargo)
    if decided is None:
        return None
    return {
        "visibility": decided.visibility.value,
        "groups": list(decided.groups),
        "visibleFrom": decided.visible_from,
        "at": decided.at,
    }


def _embargo(written: str | None) -> str | None:
    if written is None:
        return None
    try:
        if not _DATE.fullmatch(written):
            raise ValueError
        ends = datetime.fromisoformat(written).replace(tzinfo=UTC)
    except ValueError as error:
        raise UsageError(f"embargo {written[:40]!r}: write the day as 2027-06-30") from error
    if ends <= datetime.now(UTC):
        raise UsageError(f"embargo {written}: that day has come; leave it out")
    return written


def _format(written: str | None) -> str | None:
    names = [fmt.name for fmt in FORMATS]
    if written is not None and written not in names:
        raise UsageError(f"there is no format {written[:40]!r}; there are {', '.join(names)}")
    return written
