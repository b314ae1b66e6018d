"""Write an answer as a mail's text or as HTML by itself, instead of on a terminal."""

from __future__ import annotations

import html
import io
import textwrap
from collections.abc import Iterable, Sequence

from scanner.messages import SPACE
from scanner.render import Paper

COLUMNS = 78
"""RFC 5322 section 2.1.1: lines of a mail should have no more."""
STYLE = (
    "body{font:15px/1.45 system-ui,'Segoe UI',Helvetica,Arial,sans-serif;color:#1a1a1a;"
    "background:#fff;max-width:60em;margin:1.5em auto;padding:0 1em}"
    "h1{font-size:1.4em}h2{font-size:1.1em;margin:1.6em 0 .4em;border-bottom:1px solid #bbb}"
    "p{margin:.25em 0;overflow-wrap:anywhere}p.in1{margin-left:1.2em}p.in2{margin-left:2.4em}"
    ".dim{color:#5a5a5a}.bold{font-weight:600}.yellow{background:#fff3c4;padding:.2em .4em}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;"
    "padding:.25em .6em .25em 0;border-bottom:1px solid #ddd;overflow-wrap:anywhere}"
    "td.right,th.right{text-align:right;white-space:nowrap}"
    "@media print{body{max-width:none;margin:0;font-size:11pt}h2,tr{break-inside:avoid}}"
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Nothing is fetched and nothing runs, whatever a name of a file is."""


def printable(text: str) -> str:
    """Return text whose control and direction signs are made visible."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == SPACE else "\ufffd" for c in text)


class TextPaper(Paper):
    """Paragraphs of at most COLUMNS characters a line; rows of a table are paragraphs."""

    def __init__(self) -> None:
        self._held = io.StringIO()
        super().__init__(self._held, terminal=False)

    def say(self, text: str = "", style: str = "") -> None:
        bare = printable(text).lstrip(" ")
        indent = " " * min(len(text) - len(text.lstrip(" ")), COLUMNS // 2)
        lines = textwrap.wrap(
            bare,
            COLUMNS,
            initial_indent=indent,
            subsequent_indent=f"{indent}  ",
            break_on_hyphens=False,
        )
        self._held.write("\n".join(lines) + "\n")

    def title(self, text: str) -> None:
        self.say(text)
        self._held.write("-" * min(len(text), COLUMNS) + "\n")

    def table(
        self, heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()
    ) -> None:
        """Write each row as a paragraph; numbers have their head in front."""
        for row in rows:
            cells = [
                f"{heads[column]} {cell}" if column in right else cell
                for column, cell in enumerate(map(str, row))
                if cell
            ]
            self.say("  " + " · ".join(cells))

    def text(self) -> str:
        """Return what was written."""
        return self._held.getvalue()


class HtmlPaper(Paper):
    """One page by itself: no script, nothing fetched, every sign of a name escaped."""

    def __init__(self, title: str, language: str) -> None:
        super().__init__(io.StringIO(), terminal=False)
        self._title = title
        self._language = language
        self._parts: list[str] = []

    def say(self, text: str = "", style: str = "") -> None:
        if not text:
            return
        deep = min((len(text) - len(text.lstrip(" "))) // 2, 2)
        classes = [*style.split(), *([f"in{deep}"] if deep else [])]
        mark = f' class="{" ".join(classes)}"' if classes else ""
        self._parts.append(f"<p{mark}>{_escaped(text.strip(' '))}</p>")

    def title(self, text: str) -> None:
        self._parts.append(f"<h2>{_escaped(text)}</h2>")

    def table(
        self, heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()
    ) -> None:
        held = [[str(cell) for cell in row] for row in rows]
        if not held:
            return
        self._parts.append("<table><thead>" + _row("th", heads, right) + "</thead><tbody>")
        self._parts += [_row("td", row, right) for row in held]
        self._parts.append("</tbody></table>")

    def page(self) -> str:
        """Return the whole page."""
        title = _escaped(self._title)
        head = (
            f'<!DOCTYPE html>\n<html lang="{self._language}"><head><meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
            '<meta name="viewport" content="width=device-width">\n'
            f"<title>{title}</title>\n<style>{STYLE}</style></head>\n<body>\n<h1>{title}</h1>\n"
        )
        return head + "\n".join(self._parts) + "\n</body></html>\n"


def _row(kind: str, cells: Sequence[str], right: Sequence[int]) -> str:
    told = (
        f'<{kind} class="right">{_escaped(cell)}</{kind}>'
        if column in right
        else f"<{kind}>{_escaped(cell)}</{kind}>"
        for column, cell in enumerate(cells)
    )
    return f"<tr>{''.join(told)}</tr>"


def _escaped(text: str) -> str:
    return html.escape(printable(text), quote=True)
