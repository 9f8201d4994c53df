"""Pipeline steps and parameters, and how a parameter names its step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.iri import segment


@dataclass(frozen=True)
class Step:
    """One step: ``key`` names it within its object, ``number`` is the step number as text."""

    data: dict[str, Any]
    key: str
    number: str | None
    where: str


def steps_of(value: Any, where: str) -> list[Step]:
    """The steps of a pipeline; those whose number is missing or not theirs alone go by place."""
    items = value if isinstance(value, list) else [value]
    numbers = [_number(item) for item in items]
    counts = Counter(numbers)
    found = []
    for place, (item, number) in enumerate(zip(items, numbers, strict=True)):
        if isinstance(item, dict):
            unique = number is not None and counts[number] == 1
            key = segment(number) if unique and number else f"at-{place + 1}"
            path = f"{where}[{place}]" if isinstance(value, list) else where
            found.append(Step(item, key, number, path))
    return found


def by_number(steps: list[Step]) -> dict[str, Step]:
    """Steps by what a parameter calls them: their number, or their name."""
    named = {
        name: step
        for step in steps
        for field in ("name", "tool_name")
        if isinstance(name := step.data.get(field), str)
    }
    return named | {s.number: s for s in steps if s.number is not None}


def _number(item: Any) -> str | None:
    number = item.get("step_number") if isinstance(item, dict) else None
    return str(number).strip() or None if isinstance(number, (str, int, float)) else None


def parameters_of(value: Any) -> Iterator[dict[str, Any]]:
    """The parameters of an object, each as ``{param, value, step}``.

    Drafts have an object by parameter name, whose values may be objects by parameter name
    again, one for each step.
    """
    if isinstance(value, list):
        for item in value:
            yield from parameters_of(item)
    elif isinstance(value, dict) and ("param" in value or {"value", "step"} <= value.keys()):
        yield value
    elif isinstance(value, dict):
        for name, content in value.items():
            if isinstance(content, dict):
                for inner in parameters_of(content):
                    yield {"step": name, **inner}
            else:
                yield {"param": name, "value": content}


def variables_of(value: Any) -> Iterator[dict[str, Any]]:
    """Environment variables, each as ``{key, value}``, from an object or a list of such pairs."""
    if isinstance(value, list):
        for item in value:
            yield from variables_of(item)
    elif isinstance(value, dict) and value.keys() == {"key", "value"}:
        yield value
    elif isinstance(value, dict):
        for name, content in value.items():
            yield {"key": name, "value": content}
