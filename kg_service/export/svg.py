"""A drawing of a lineage as SVG 1.1 that needs nothing else: time goes from left to right.

Every node is a link to its IRI with its full name as its title; colours repeat what shapes and
words say. Long labels are cut on the drawing and whole in the title.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from html import escape

from kg_service.errors import UsageError
from kg_service.export.account import Account
from kg_service.export.layout import Layout, layered
from kg_service.export.picture import Arrow, Picture, Shape, picture
from kg_service.lineage.model import EdgeKind

MOST_SHAPES = 2000
MOST_ARROWS = 4000
_WIDTH, _HEIGHT = 184, 46
_ACROSS, _DOWN = 264, 64
_MARGIN, _TOP = 24, 64
_LETTERS = 21
_PALETTE = ("#2f6fb0", "#b5651d", "#3b8a5a", "#8e4f9f", "#a8324a", "#5a6b7b", "#8a7a1f", "#1f8a8a")
_STYLE = """
  text { font-family: system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1c2430 }
  .title { font-size: 17px; font-weight: 600 } .remark { font-size: 12px; fill: #8a3b12 }
  .label { font-size: 12.5px; font-weight: 600 } .kind, .legend { font-size: 10.5px; fill: #4a5566 }
  .edge { fill: none; stroke: #7b8798; stroke-width: 1.3 } .word { font-size: 9.5px; fill: #5b6675 }
  .derived, .informed { stroke-dasharray: 6 3 } .member { stroke-dasharray: 1.5 3 }
  .identity { stroke: #8e4f9f; stroke-width: 2; stroke-dasharray: 4 3 }
  .entity { fill: #fffaea } .activity { fill: #e6eef8 } .start { stroke-width: 3.5 }
  a:focus .body, a:hover .body { stroke: #000 }
"""


def write_svg(account: Account) -> bytes:
    """One drawing. Raises UsageError for more nodes than anyone could make out."""
    drawn = picture(account)
    if len(drawn.shapes) > MOST_SHAPES or len(drawn.arrows) > MOST_ARROWS:
        raise UsageError(
            f"{len(drawn.shapes)} things and {len(drawn.arrows)} arrows are too many for a drawing "
            f"of at most {MOST_SHAPES} and {MOST_ARROWS}; give a depth, --granularity run, or take "
            "dot, tsv or a provenance format"
        )
    layout = layered(
        [shape.number for shape in drawn.shapes], [(a.tail, a.head) for a in drawn.arrows]
    )
    colours = {name: _PALETTE[n % len(_PALETTE)] for n, name in enumerate(drawn.groups)}
    top = _TOP + 16 * len(drawn.remarks)
    legend = top + layout.rows * _DOWN + 20
    width = max(2 * _MARGIN + (layout.columns - 1) * _ACROSS + _WIDTH, 460)
    height = legend + 18 * (len(colours) + 1) + _MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" role="img" aria-labelledby="title about">',
        f'<title id="title">{_text(drawn.title)}</title>',
        f'<desc id="about">{_text(_about(drawn))}</desc>',
        f"<style>{_STYLE}</style>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0,0.8 L7.5,4 L0,7.2 z" fill="#7b8798"/>'
        "</marker></defs>",
        f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
        f'<text class="title" x="{_MARGIN}" y="32">{_text(drawn.title)}</text>',
    ]
    for n, remark in enumerate(drawn.remarks):
        lines.append(f'<text class="remark" x="{_MARGIN}" y="{52 + 16 * n}">{_text(remark)}</text>')
    lines += [line for arrow in drawn.arrows for line in _edge(arrow, layout, top)]
    lines += [line for shape in drawn.shapes for line in _node(shape, layout, top, colours)]
    lines += _legend(colours, legend)
    return "\n".join([*lines, "</svg>", ""]).encode()


def _about(drawn: Picture) -> str:
    things = sum(not shape.is_activity for shape in drawn.shapes)
    happened = len(drawn.shapes) - things
    sources = ", ".join(name for name in drawn.groups if name)
    return (
        f"{things} things and {happened} activities, earlier ones to the left, "
        f"as told by {sources or 'no source'}. {'. '.join(drawn.remarks)}".strip()
    )


def _corner(shape: int, layout: Layout, top: float) -> tuple[float, float]:
    return _MARGIN + layout.column[shape] * _ACROSS, top + layout.row[shape] * _DOWN


def _node(shape: Shape, layout: Layout, top: float, colours: dict[str, str]) -> Iterator[str]:
    x, y = _corner(shape.number, layout, top)
    kind = "activity" if shape.is_activity else "entity"
    start = " start" if shape.is_start else ""
    told = [shape.kind, *([f"in {shape.run}"] if shape.run else []),
            *([shape.note] if shape.note else [])]  # fmt: skip
    title = f"{shape.label} ({', '.join(told)}), {shape.source or 'no source describes it'}"
    radius = 3 if shape.is_activity else _HEIGHT / 2
    yield f'<a href="{_text(shape.iri)}"><title>{_text(title)}</title>'
    yield (
        f'<rect class="body {kind}{start}" x="{x:g}" y="{y:.1f}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" rx="{radius:g}" stroke="{colours[shape.source]}" stroke-width="1.6"/>'
    )
    middle = x + _WIDTH / 2
    yield _words("label", middle, y + 20, _cut(shape.label, _LETTERS))
    yield _words("kind", middle, y + 35, _cut(" · ".join(told), 32))
    yield "</a>"


def _words(kind: str, x: float, y: float, text: str) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:.1f}" text-anchor="middle">{_text(text)}</text>'


def _edge(arrow: Arrow, layout: Layout, top: float) -> Iterator[str]:
    """A curve through the bends of an edge, with its word at the middle."""
    left, right = arrow.tail, arrow.head
    turned = layout.column[left] > layout.column[right]
    if turned:
        left, right = right, left
    points = [_at(left, layout, top, _WIDTH)]
    for column, row in layout.bends.get((left, right), ()):
        y = top + row * _DOWN + _HEIGHT / 2
        points += [(_MARGIN + column * _ACROSS, y), (_MARGIN + column * _ACROSS + _WIDTH, y)]
    points.append(_at(right, layout, top, 0))
    path = f"M{points[0][0]:g},{points[0][1]:.1f}"
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        bend = (x2 - x1) / 2
        path += f" C{x1 + bend:g},{y1:.1f} {x2 - bend:g},{y2:.1f} {x2:g},{y2:.1f}"
    tip = ""
    if arrow.kind is not EdgeKind.IDENTITY:
        tip = ' marker-start="url(#tip)"' if turned else ' marker-end="url(#tip)"'
    said = "; ".join(arrow.said)
    yield f"<g><title>{_text(f'{arrow.word}: {said}')}</title>"
    yield f'<path class="edge {arrow.kind.value}" d="{path}"{tip}/>'
    if arrow.kind in (EdgeKind.IDENTITY, EdgeKind.MEMBER, EdgeKind.DERIVED, EdgeKind.INFORMED):
        (x1, y1), (x2, y2) = points[0], points[1]
        yield _words("word", (x1 + x2) / 2, (y1 + y2) / 2 - 4, arrow.word)
    yield "</g>"


def _at(shape: int, layout: Layout, top: float, offset: float) -> tuple[float, float]:
    x, y = _corner(shape, layout, top)
    return x + offset, y + _HEIGHT / 2


def _legend(colours: dict[str, str], top: float) -> Iterator[str]:
    x = _MARGIN
    yield f'<text class="legend" x="{x}" y="{top:.1f}">rounded: things; square: activities</text>'
    for n, (source, colour) in enumerate(colours.items(), 1):
        y = top + 18 * n
        yield f'<rect x="{x}" y="{y - 9:.1f}" width="14" height="10" rx="2" fill="{colour}"/>'
        told = source or "no source describes it"
        yield f'<text class="legend" x="{x + 20}" y="{y:.1f}">{_text(told)}</text>'


def _cut(text: str, letters: int) -> str:
    """A text that is short enough, its middle left out: ends of names tell most."""
    if len(text) <= letters:
        return text
    tail = letters // 3
    return f"{text[: letters - tail - 1]}…{text[-tail:]}"


def _text(text: str) -> str:
    return escape("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text))
