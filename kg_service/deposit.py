"""On whose behalf sources are taken in, and what holds for them beside what they say themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ingest.document import Description, Visibility

Warn = Callable[[str, str], None]  # a finding's code, and what to say


@dataclass(frozen=True)
class Deposit:
    """By default the operator's own: sources have any id, and are as visible as they say.

    What an ``owner`` deposits has ids below ``~owner/`` only, so that nobody can replace what is
    somebody else's, or find out by trying whether it is there. ``by`` is named in the catalogue.
    Where a source does not say who may see it, ``otherwise`` holds. The owner is a member of the
    ``known_groups``; others are not given to see what is deposited; None: no matter which.
    """

    owner: str = ""
    by: str | None = None
    otherwise: Visibility = Visibility.PUBLIC
    known_groups: frozenset[str] | None = None

    @property
    def prefix(self) -> str:
        """What the ids of all sources that are deposited begin with."""
        return prefix_of(self.owner)

    def source_id(self, id_: str) -> str:
        """The id that a source gets which would else have the given one."""
        return id_ if id_.startswith(self.prefix) else self.prefix + id_

    def described(self, description: Description, warn: Warn) -> Description:
        """What a source says of itself, as far as it holds for what is deposited."""
        if description.visibility is None:
            description = replace(description, visibility=self.otherwise)
        if self.known_groups is not None:
            kept = tuple(group for group in description.groups if group in self.known_groups)
            if others := len(description.groups) - len(kept):
                warn(
                    "groups-left-out",
                    f"{others} of the groups that it names are left out: only members of a group "
                    "can give it something to see",
                )
            description = replace(description, groups=kept)
        return description


def prefix_of(owner: str) -> str:
    """What the ids of an owner's sources begin with; nothing for nobody's."""
    return f"~{owner}/" if owner else ""


OPERATORS_OWN = Deposit()
