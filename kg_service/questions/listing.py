"""Choosing among the questions."""

from __future__ import annotations

from collections.abc import Sequence

from kg_service.errors import NotKnown
from kg_service.questions.model import Family, Question


def chosen_questions(
    questions: Sequence[Question], family: str | None = None, tag: str | None = None
) -> list[Question]:
    """The questions of a family and with a tag. Raises NotKnown, with those that there are."""
    if family is not None and family not in set(Family):
        raise NotKnown(f"there is no family {family!r}; there are {', '.join(Family)}")
    tags = sorted({tag for question in questions for tag in question.tags})
    if tag is not None and tag not in tags:
        raise NotKnown(f"there is no tag {tag!r}; there are {', '.join(tags)}")
    return [
        question
        for question in questions
        if (family is None or question.family == family) and (tag is None or tag in question.tags)
    ]
