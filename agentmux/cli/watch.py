"""`agentmux watch`: what happens, as it is recorded, one line for each row of the ledger."""

import json
import os
import time

import click

from agentmux.cli import output
from agentmux.cli.context import stand, stand_by
from agentmux.core.secrets import secret_values
from agentmux.paths import places
from agentmux.report.records import line_of, record

LOOK_S = 0.05


@click.command("watch", short_help="follow what happens, line by line")
@click.option("--jsonl", is_flag=True, help="One JSON object a line.")
@click.option(
    "--since", type=click.IntRange(min=0), metavar="ID", help="First what came after this row."
)
def command(jsonl: bool, since: int | None) -> None:
    """Print each row of the ledger as it is recorded, until interrupted."""
    place = stand_by() if places().ledger.exists() else stand()
    seq = place.ledger.last if since is None else since
    known = secret_values(os.environ)
    while True:
        if place.ledger.changed():
            for number, row, _ in place.ledger.rows(seq):
                seq = number
                told = json.dumps(record(seq, row, known)) if jsonl else line_of(seq, row, known)
                output.data(told)
                output.finish()
        time.sleep(LOOK_S)  # noqa: TID251 - rows come from several processes
