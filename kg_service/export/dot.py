"""DOT, the language of Graphviz: time goes from left to right, each source has a frame."""

from __future__ import annotations

from kg_service.export.account import Account
from kg_service.export.picture import Arrow, Shape, picture
from kg_service.lineage.model import EdgeKind

_ENTITY, _ACTIVITY = "#fff7d6", "#dbe7f6"
_STYLES = {EdgeKind.MEMBER: "dotted", EdgeKind.IDENTITY: "dashed"}


def write_dot(account: Account) -> bytes:
    """One digraph; labels are plain text, and IRIs are on the nodes as links."""
    drawn = picture(account)
    lines = [
        "digraph lineage {",
        f"  label={_quoted(chr(10).join((drawn.title, *drawn.remarks)))};",
        '  labelloc=t; rankdir=LR; fontname="sans-serif";',
        '  node [fontname="sans-serif", fontsize=11, style=filled, color="#5b6675"];',
        '  edge [fontname="sans-serif", fontsize=9, color="#5b6675"];',
    ]
    for place, (source, shapes) in enumerate(drawn.groups.items()):
        indent = "    " if source else "  "
        if source:
            lines.append(f"  subgraph cluster_{place} {{")
            lines.append(f'    label={_quoted(source)}; style=rounded; color="#b8c0cc";')
        lines += [f"{indent}{_node(shape)}" for shape in shapes]
        if source:
            lines.append("  }")
    lines += [f"  {_edge(arrow)}" for arrow in drawn.arrows]
    return "\n".join([*lines, "}", ""]).encode()


def _node(shape: Shape) -> str:
    told = [shape.label, f"[{shape.kind}]"]
    told += [f"in {shape.run}"] if shape.run else []
    told += [shape.note] if shape.note else []
    look = "box" if shape.is_activity else "ellipse"
    attributes = [
        f"label={_quoted(chr(10).join(told))}",
        f"shape={look}",
        f'fillcolor="{_ACTIVITY if shape.is_activity else _ENTITY}"',
        f"URL={_quoted(shape.iri)}",
        f"tooltip={_quoted(shape.iri)}",
    ]
    if shape.is_start:
        attributes.append("penwidth=3")
    return f"n{shape.number} [{', '.join(attributes)}];"


def _edge(arrow: Arrow) -> str:
    attributes = [f"label={_quoted(arrow.word)}", f"tooltip={_quoted('; '.join(arrow.said))}"]
    if style := _STYLES.get(arrow.kind):
        attributes.append(f"style={style}")
    if arrow.kind is EdgeKind.IDENTITY:
        # the same thing stands beside itself, not after it
        attributes += ["dir=none", "constraint=true"]
    return f"n{arrow.tail} -> n{arrow.head} [{', '.join(attributes)}];"


def _quoted(text: str) -> str:
    r"""A quoted string in which nothing is an escape but ``\n``."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + plain.replace("\n", "\\n") + '"'
