"""A report as aligned text, and as comma-separated values."""

import csv
import io
from collections.abc import Iterable, Mapping

from agentmux.core.events import Json
from agentmux.core.tally import percentile, seconds
from agentmux.core.text import clean
from agentmux.report.figures import Figures
from agentmux.report.grouping import Report, Row
from agentmux.report.sessions import duration_words

NONE = "—"
"""A figure that cannot be given."""
HEADINGS = (
    "turns", "done", "interrupted", "failed", "queue wait", "start p50", "waited on you", "p50",
    "p95", "working", "tokens in", "cached", "out", "cost",
)  # fmt: skip


def table(report: Report) -> list[str]:
    """Headings, rows and a row of all; no colour, every outside text cleaned."""
    by = list(report.by)
    lines = [
        [*by, *HEADINGS],
        *([*_keys(row), *cells(row.figures)] for row in report.rows),
        ["all", *[""] * (len(by) - 1), *cells(report.total)],
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return [_aligned(line, widths, len(by)) for line in lines]


def _aligned(line: list[str], widths: list[int], left: int) -> str:
    padded = [
        cell.ljust(width) if column < left else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(line, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()


def _keys(row: Row) -> list[str]:
    """A session is called by its id and name."""
    told = []
    for name, value in row.keys.items():
        called = row.names.get("name") if name == "session" else None
        told.append(clean(f"{value or NONE} {called or ''}".strip(), one_line=True))
    return told


def cells(figures: Figures) -> list[str]:
    """The figures under `HEADINGS`, as people read them."""
    tally, ended = figures.tally, figures.turns
    tokens_in = sum(
        tally.get(f"tokens.{name}")
        for name in ("input", "cache_read", "cache_write_5m", "cache_write_1h")
    )
    cut = ended - tally.get("turns.done")
    return [
        str(ended),
        str(tally.get("turns.done")),
        f"{round(100 * cut / ended)}% of {ended}" if ended else NONE,
        f"{round(100 * tally.get('turns.failed') / ended)}%" if ended else NONE,
        _total(figures, "queue"),
        _percentile(figures, "start", 50),
        _total(figures, "ask"),
        _percentile(figures, "ask", 50),
        _percentile(figures, "ask", 95),
        duration_words(seconds(tally.get("wall.working"))),
        count_words(tokens_in),
        f"{round(100 * tally.get('tokens.cache_read') / tokens_in)}%" if tokens_in else NONE,
        count_words(tally.get("tokens.output")),
        money_words(figures),
    ]


def _total(figures: Figures, name: str) -> str:
    return duration_words(seconds(sum(figures.tally.samples.get(name, ()))))


def _percentile(figures: Figures, name: str, per_cent: int) -> str:
    us = percentile(sorted(figures.tally.samples.get(name, ())), per_cent)
    return NONE if us is None else duration_words(seconds(us))


def count_words(number: int) -> str:
    """`9`, `31k`, `1.9M`."""
    if number < 1000:
        return str(number)
    if number < 999_500:
        return f"{number / 1000:.0f}k"
    return f"{number / 1e6:.1f}M"


def money_words(figures: Figures) -> str:
    """`$4.31`, `$0.0021`, `$0.09~` when it is not exact, `unpriced`; nothing without responses."""
    usd = figures.cost_usd
    if usd is None:
        return "unpriced"
    if not figures.tally.get("responses"):
        return NONE
    places = 2 if float(usd) >= 0.1 else 4
    return f"${float(usd):.{places}f}{'' if figures.certain else '~'}"


def csv_text(report: Report) -> str:
    """One line for each row, its nested figures under names like `turns_n`."""
    rows = [flat(row.json()) for row in report.rows]
    names: dict[str, None] = dict.fromkeys(name for row in rows for name in row)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names or report.by)
    writer.writerows([_csv_cell(row.get(name)) for name in names] for row in rows)
    return text.getvalue()


def flat(row: Mapping[str, Json], before: str = "") -> dict[str, Json]:
    """A nested row with the names of its nesting joined."""
    cells: dict[str, Json] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            cells |= flat(value, f"{before}{name}_")
        else:
            cells[f"{before}{name}"] = value
    return cells


def _csv_cell(value: Json) -> Json:
    """A spreadsheet must not take outside text for a formula."""
    if not isinstance(value, str):
        return value
    text = clean(value, one_line=True)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def gap_lines(report: Report) -> Iterable[str]:
    """What the record lacks, one line each."""
    for gap in report.gaps:
        length = duration_words((gap.until - gap.since).total_seconds())
        at = gap.since.strftime("%Y-%m-%d %H:%M")
        most = "" if gap.certain else "at most "
        yield f"no leader ran from {at} UTC on for {most}{length}: samples are missing"
