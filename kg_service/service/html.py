"""HTML pages without any outside asset: one frame, and text that is always escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from starlette.responses import HTMLResponse

_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1rem;
  color: #1b1b1b; background: #fff; overflow-wrap: break-word; }
a { color: #0b57a4; } a:visited { color: #5b3b8c; }
a:focus-visible, button:focus-visible, textarea:focus-visible, input:focus-visible,
select:focus-visible { outline: 3px solid #b45309; outline-offset: 2px; }
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.2rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem;
  border-bottom: 1px solid #bbb; }
caption { text-align: left; padding: .35rem .6rem; }
th.n, td.n { text-align: right; font-variant-numeric: tabular-nums; }
pre, textarea, code { font: .9rem/1.45 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .7rem; border: 1px solid #bbb; border-radius: 4px; }
textarea { width: 100%; box-sizing: border-box; padding: .6rem; }
label { font-weight: 600; } input, select, button { font: inherit; padding: .3rem .5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; }
dt { font-weight: 600; } dd { margin: 0; }
.scroll { overflow-x: auto; }
.skip { position: absolute; left: -9999px; } .skip:focus { position: static; }
@media (prefers-color-scheme: dark) {
  body { color: #ececec; background: #16181b; } a { color: #8ab8ff; } a:visited { color: #c4a7f2; }
  th, td, pre { border-color: #555; }
}
"""
# nothing is loaded from elsewhere, whatever a page holds
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
Cell = tuple[str, str | None]  # text, and where it leads


def page(title: str, body: str, root: str = "", status: int = 200) -> HTMLResponse:
    """A page with a title and a body of HTML. ``root`` is the path that the service is under."""
    return HTMLResponse(
        f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<style>{_STYLE}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<nav aria-label="Service"><a href="{escape(root)}/">kg-service</a></nav>
<main id="content">
<h1>{escape(title)}</h1>
{body}
</main>
</body>
</html>
""",
        status,
        headers={"Content-Security-Policy": _POLICY},
    )


def text(value: str) -> str:
    """Text, escaped."""
    return escape(value)


def paragraph(value: str) -> str:
    return f"<p>{escape(value)}</p>"


def heading(value: str) -> str:
    """A heading of the second level: the page's title is the first."""
    return f"<h2>{escape(value)}</h2>"


def link(label: str, href: str) -> str:
    return f'<a href="{escape(href)}">{escape(label)}</a>'


def code(value: str) -> str:
    """A block of code."""
    return f'<pre tabindex="0"><code>{escape(value)}</code></pre>'


def definitions(pairs: Iterable[tuple[str, str]]) -> str:
    """A list of names and values; the values are HTML."""
    rows = "\n".join(f"<dt>{escape(name)}</dt><dd>{value}</dd>" for name, value in pairs)
    return f"<dl>\n{rows}\n</dl>"


def table(
    caption: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    numbers: Sequence[int] = (),
) -> str:
    """A table with a caption; ``numbers`` are the columns that stand to the right."""

    def cell(index: int, content: Cell) -> str:
        label, href = content
        right = ' class="n"' if index in numbers else ""
        return f"<td{right}>{link(label, href) if href else escape(label)}</td>"

    head = "".join(
        f'<th scope="col"{" class=n" if i in numbers else ""}>{escape(name)}</th>'
        for i, name in enumerate(columns)
    )
    body = "\n".join(
        f"<tr>{''.join(cell(i, content) for i, content in enumerate(row))}</tr>" for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
    )
