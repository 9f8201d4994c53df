"""Mermaid's flowchart, for Markdown pages: time goes left to right, each source has a frame."""

from __future__ import annotations

import re

from kg_service.export.account import Account
from kg_service.export.picture import Arrow, Shape, picture
from kg_service.lineage.model import EdgeKind

# what would be read as markup within quotes; Mermaid has character codes of its own for them
_MARKUP = re.compile(r"""[#"&<>`\\{}|\[\]()*_~;%]""")


def write_mermaid(account: Account) -> bytes:
    """One flowchart. Names of nodes are numbers, so that no word of Mermaid's can be among them."""
    drawn = picture(account)
    lines = ["---", f"title: {_title(drawn.title)}", "---", "flowchart LR"]
    lines += [f"  %% {_comment(remark)}" for remark in drawn.remarks]
    for place, (source, shapes) in enumerate(drawn.groups.items()):
        indent = "    " if source else "  "
        if source:
            lines.append(f'  subgraph s{place}["{_text(source)}"]')
        lines += [f"{indent}{_node(shape)}" for shape in shapes]
        if source:
            lines.append("  end")
    lines += [f"  {_edge(arrow)}" for arrow in drawn.arrows]
    lines += [
        "  classDef entity fill:#fff7d6,stroke:#5b6675,color:#1c2430",
        "  classDef activity fill:#dbe7f6,stroke:#5b6675,color:#1c2430",
        "  classDef start stroke-width:3px",
    ]
    return "\n".join([*lines, ""]).encode()


def _node(shape: Shape) -> str:
    told = [shape.label, shape.kind]
    told += [f"in {shape.run}"] if shape.run else []
    told += [shape.note] if shape.note else []
    text = "<br/>".join(map(_text, told))
    opening, closing, look = ("[", "]", "activity") if shape.is_activity else ("([", "])", "entity")
    start = f"\n    class n{shape.number} start" if shape.is_start else ""
    return f'n{shape.number}{opening}"{text}"{closing}:::{look}{start}'


def _edge(arrow: Arrow) -> str:
    if arrow.kind is EdgeKind.IDENTITY:
        return f"n{arrow.tail} -. {arrow.word} .- n{arrow.head}"
    if arrow.kind is EdgeKind.MEMBER:
        return f"n{arrow.tail} -. {arrow.word} .-> n{arrow.head}"
    return f"n{arrow.tail} -- {arrow.word} --> n{arrow.head}"


def _text(text: str) -> str:
    return _MARKUP.sub(lambda match: f"#{ord(match[0])};", text)


def _title(text: str) -> str:
    """As a quoted scalar of YAML."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _comment(text: str) -> str:
    # braces in a comment would be read as a directive
    return text.replace("{", "(").replace("}", ")")
