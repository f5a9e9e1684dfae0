"""`agentmux ledger`: where the record is, whether it is whole, and a copy of it to take away."""

import json
import os

import click

from agentmux.cli import output
from agentmux.cli.context import stand_by
from agentmux.core.events import Json
from agentmux.core.secrets import secret_values
from agentmux.paths import places
from agentmux.report.records import exported


@click.group("ledger", short_help="check or export the record")
def command() -> None:
    """Check or export the record of everything that happened."""


@command.command("path")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def path(as_json: bool) -> None:
    """Print the ledger's file."""
    where = str(places().ledger)
    if as_json:
        output.data_json({"path": where})
    else:
        output.data(where)


@command.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(as_json: bool) -> int:
    """Check that every row is what was written and that none is missing; exit 1 when not."""
    ledger = stand_by().ledger
    damages = ledger.verify()
    if as_json:
        told: list[Json] = [{"row": damage.seq, "message": damage.message} for damage in damages]
        output.data_json({"ok": not damages, "rows": ledger.last, "damages": told})
    else:
        for damage in damages:
            output.data(damage.message)
        if not damages:
            output.data(f"{ledger.last} rows, each as it was written")
    return 1 if damages else 0


@command.command("export")
def export() -> None:
    """Print every row as one JSON object a line, secrets blotted out."""
    ledger = stand_by().ledger
    known = secret_values(os.environ)
    for seq, row, chain in ledger.rows():
        output.data(json.dumps(exported(seq, row, chain, known)))
