"""A report as one HTML file: tables and pictures, no script, nothing from elsewhere.

Names, branches and models come from outside: every text passes through `_text`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from html import escape

from agentmux.core.text import clean
from agentmux.report.checks import Check
from agentmux.report.figures import DEFINITIONS
from agentmux.report.grouping import Report, Row
from agentmux.report.sessions import stamp
from agentmux.report.strips import Stretch
from agentmux.report.table import HEADINGS, NONE, cells, gap_lines, money_words

WIDTH, LEFT, LINE = 1000, 220, 24
"""Of a picture, in its own units: all of it, its names, one line."""
WORDS = {
    "working": "working",
    "asking": "waits for you",
    "queued": "queued",
    "starting": "starting",
    "limited": "limited",
    "idle": "idle",
    "unread": "done, unseen",
    "failed": "failed",
    "unknown": "unknown",
}
"""What a stretch is called below the picture."""


def page(
    report: Report, strips: Mapping[str, Sequence[Stretch]], checks: Sequence[Check] = ()
) -> str:
    """The whole file; `strips` are by the name to show."""
    begin = stamp(report.since) if report.since else "the beginning"
    window = f"{begin} to {stamp(report.until)}"
    parts = [
        _HEAD,
        f"<h1>agentmux: time and money</h1><p class=dim>{_text(window)}</p>",
        _timeline(report, strips),
        _table(report),
        _costs(report),
        _list("Checks", [f"{'ok' if c.ok else 'FAILED'}: {c.message}" for c in checks]),
        _list("What the record lacks", gap_lines(report)),
        _definitions(),
        "</body></html>\n",
    ]
    return "\n".join(part for part in parts if part)


def _text(text: str) -> str:
    return escape(clean(text, one_line=True))


def _timeline(report: Report, strips: Mapping[str, Sequence[Stretch]]) -> str:
    first = min((s.since for strip in strips.values() for s in strip), default=None)
    if first is None or first >= report.until:
        return ""
    span = report.until - first
    height = LINE * (len(strips) + 1)
    lines = [
        _strip(name, strip, number, first, span)
        for number, (name, strip) in enumerate(strips.items(), 1)
    ]
    words = "".join(f"<span class=key><i class={k}></i>{w}</span>" for k, w in WORDS.items())
    picture = _picture(
        height, "who worked, who waited", _hours(first, span, height) + "".join(lines)
    )
    return f"<h2>Who worked, who waited</h2>{picture}<p>{words}</p>"


def _picture(height: int, title: str, inside: str) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img"><title>{title}</title>{inside}</svg>'


def _x(at: datetime, first: datetime, span: timedelta) -> float:
    return LEFT + (WIDTH - LEFT) * ((at - first) / span)


def _hours(first: datetime, span: timedelta, height: int) -> str:
    """Six moments, written above."""
    form = "%H:%M" if span < timedelta(days=1) else "%m-%d %H:%M"
    marks = []
    for number in range(6):
        at = first + span * number / 6
        x = _x(at, first, span)
        marks.append(
            f'<line class=rule x1="{x:.1f}" x2="{x:.1f}" y1="{LINE - 6}" y2="{height}"/>'
            f'<text class=dim x="{x:.1f}" y="{LINE - 10}">{at.strftime(form)}</text>'
        )
    return "".join(marks)


def _strip(
    name: str, strip: Sequence[Stretch], number: int, first: datetime, span: timedelta
) -> str:
    y = LINE * number
    drawn = [f'<text x="0" y="{y + 15}">{_text(_cut(name))}</text>']
    for stretch in strip:
        left, right = _x(stretch.since, first, span), _x(stretch.until, first, span)
        tall = stretch.doing in ("asking", "limited")
        height, top = (16, y + 3) if tall else (4, y + 9)
        drawn.append(
            f'<rect class={stretch.doing} x="{left:.2f}" y="{top}"'
            f' width="{max(0.3, right - left):.2f}" height="{height}">'
            f"<title>{WORDS.get(stretch.doing, stretch.doing)}, {stamp(stretch.since)} to"
            f" {stamp(stretch.until)}</title></rect>"
        )
    return "".join(drawn)


def _cut(name: str, most: int = 28) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _table(report: Report) -> str:
    head = "".join(f"<th>{_text(name)}</th>" for name in (*report.by, *HEADINGS))
    rows = [_row(_keys(row), cells(row.figures)) for row in report.rows]
    keys = ["all", *[""] * (len(report.by) - 1)]
    return (
        f"<h2>Figures</h2><div class=wide><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody>"
        f"<tfoot>{_row(keys, cells(report.total))}</tfoot></table></div>"
    )


def _keys(row: Row) -> list[str]:
    name = row.names.get("name")
    return [f"{v or NONE} {name or ''}" if k == "session" else v or NONE
            for k, v in row.keys.items()]  # fmt: skip


def _row(keys: Iterable[str], figures: Iterable[str]) -> str:
    left = "".join(f"<th scope=row>{_text(key)}</th>" for key in keys)
    return f"<tr>{left}{''.join(f'<td>{_text(cell)}</td>' for cell in figures)}</tr>"


def _costs(report: Report) -> str:
    """A bar for each row that cost anything."""
    priced = [(row, float(row.figures.cost_usd or 0)) for row in report.rows]
    bars = [(row, usd) for row, usd in priced if usd > 0]
    most = max((usd for _, usd in bars), default=0.0)
    drawn = []
    for number, (row, usd) in enumerate(bars):
        y, width = LINE * number, (WIDTH - LEFT - 120) * usd / most
        drawn.append(
            f'<text x="0" y="{y + 15}">{_text(_cut(" ".join(_keys(row))))}</text>'
            f'<rect class=working x="{LEFT}" y="{y + 3}" width="{width:.2f}" height="16"/>'
            f'<text x="{LEFT + width + 8:.2f}" y="{y + 15}">{money_words(row.figures)}</text>'
        )
    if not bars:
        return ""
    picture = _picture(LINE * len(bars), "what it cost", "".join(drawn))
    return f"<h2>What it cost</h2>{picture}"


def _list(title: str, lines: Iterable[str]) -> str:
    items = "".join(f"<li>{_text(line)}</li>" for line in lines)
    return f"<h2>{title}</h2><ul>{items}</ul>" if items else ""


def _definitions() -> str:
    rows = "".join(f"<dt>{name}</dt><dd>{_text(said)}</dd>" for name, said in DEFINITIONS.items())
    return f"<h2>What the figures mean</h2><dl>{rows}</dl>"


_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><title>agentmux: time and money</title>
<style>
:root{color-scheme:light dark;--b:#fff;--t:#1b2530;--d:#5b6774;--r:#d9dfe5;--blue:#1f6fc0;
--amber:#b87400;--violet:#7a52b3;--green:#2c7a3f;--red:#c03434;--gray:#8b96a1}
@media(prefers-color-scheme:dark){:root{--b:#0e141b;--t:#dbe3ea;--d:#93a0ad;--r:#26303a;
--blue:#5aa7ee;--amber:#f2b544;--violet:#a98be0;--green:#6cbf7e;--red:#ef6b5e;--gray:#66727e}}
body{background:var(--b);color:var(--t);font:14px/1.5 ui-monospace,Menlo,Consolas,monospace;
max-width:1200px;margin:2em auto;padding:0 1em}
h1,h2{font-size:1.1em;margin:1.6em 0 .4em}.dim{color:var(--d)}.wide{overflow-x:auto}
table{border-collapse:collapse;white-space:nowrap}td,th{padding:.15em .7em;text-align:right;
font-weight:normal}thead th{color:var(--d)}tbody th,tfoot th{text-align:left}
tfoot td,tfoot th{border-top:1px solid var(--r);font-weight:bold}
svg{width:100%;height:auto}svg text{fill:var(--t);font-size:12px}svg text.dim{fill:var(--d)}
.rule{stroke:var(--r)}.key{margin-right:1.4em;white-space:nowrap}
.key i{display:inline-block;width:1em;height:.7em;margin-right:.4em}
dt{font-weight:bold}dd{margin:0 0 .4em 1.5em;color:var(--d)}
rect.working,i.working{fill:var(--blue);background:var(--blue)}
rect.asking,i.asking{fill:var(--amber);background:var(--amber)}
rect.limited,i.limited{fill:var(--violet);background:var(--violet)}
rect.unread,i.unread{fill:var(--green);background:var(--green)}
rect.failed,i.failed{fill:var(--red);background:var(--red)}
rect.idle,i.idle,rect.queued,i.queued,rect.starting,i.starting,rect.unknown,i.unknown{
fill:var(--gray);background:var(--gray);opacity:.6}
</style></head><body>"""
