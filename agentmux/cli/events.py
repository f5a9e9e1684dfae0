"""`agentmux events`: what happened, from the ledger."""

import json
import os
from collections import deque
from collections.abc import Iterator

import click

from agentmux.cli import output
from agentmux.cli.context import stand_by
from agentmux.core.secrets import secret_values
from agentmux.ledger.codec import Row
from agentmux.report.records import line_of, record


@click.command("events", short_help="print what happened")
@click.option("--session", "name", metavar="NAME", help="Of this session alone.")
@click.option("--kind", metavar="KIND", help="Of this kind alone, `turn_ended`.")
@click.option("--last", type=click.IntRange(min=1), metavar="N", help="The newest N alone.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str | None, kind: str | None, last: int | None, as_json: bool) -> None:
    """Print the rows of the ledger, oldest first."""
    place = stand_by()
    session = place.require(name).id if name is not None else None
    rows: Iterator[tuple[int, Row, bytes]] = place.ledger.rows(0, session, kind)
    if last is not None:
        rows = iter(deque(rows, maxlen=last))
    known = secret_values(os.environ)
    if not as_json:
        for seq, row, _ in rows:
            output.data(line_of(seq, row, known))
        return
    # One object, but never all of it in memory: a ledger has millions of rows.
    output.data(f'{{"schema": {output.SCHEMA}, "events": [')
    before = ""
    for seq, row, _ in rows:
        output.data(before + json.dumps(record(seq, row, known)))
        before = ","
    output.data("]}")
