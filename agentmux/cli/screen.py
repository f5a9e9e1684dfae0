"""`agentmux screen`: what a session's pane shows now."""

import click

from agentmux.cli import output
from agentmux.cli.context import require_pane, stand_by
from agentmux.core.text import clean
from agentmux.mux.start import private_server


@click.command("screen", short_help="print what a session shows now")
@click.argument("name")
@click.option("--lines", type=click.IntRange(min=1), metavar="N", help="Only the last N lines.")
@click.option("--history", is_flag=True, help="The scrollback too.")
@click.option("--ansi", is_flag=True, help="Keep the colours.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str, lines: int | None, history: bool, ansi: bool, as_json: bool) -> None:
    """Print what the pane of session NAME shows now, as plain text unless --ansi."""
    place = stand_by()
    _, pane = require_pane(place, name, dead_too=True)
    server = private_server(place.places)
    rows = server.capture(pane, lines, history=history, ansi=ansi)
    if not as_json:
        for row in rows:
            output.raw((row if ansi else _plain(row).encode()) + b"\n")
        return
    status = server.pane_status(pane)
    output.data_json(
        {
            "cols": status.cols,
            "rows": status.lines,
            "cursor": list(status.cursor) if status.cursor else None,
            "lines": [row.decode(errors="replace") if ansi else _plain(row) for row in rows],
            "title": clean(status.title, one_line=True),
            "alternate": status.alternate,
        }
    )


def _plain(row: bytes) -> str:
    return clean(row.decode(errors="replace"))
