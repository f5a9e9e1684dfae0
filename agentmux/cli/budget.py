"""`agentmux budget`: what was spent and set aside, and what may be."""

import click

from agentmux.cli import output
from agentmux.cli.context import load_here, stand_by

OVER = 6


@click.command("budget", short_help="print what was spent, and what may be")
@click.option("--check", is_flag=True, help="Exit with 6 when a limit is reached.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, check: bool, as_json: bool) -> int:
    """Print what was spent today and what is set aside for tasks, against each limit.

    Limits stand in the configuration: [budget] and [profiles.NAME.budget]. At 80 % of one there is
    a warning, and the record says when it is reached. Nothing waits for a limit yet.
    """
    from agentmux.core.budget import windows
    from agentmux.mux.bills import budgets_of, day_of
    from agentmux.mux.clock import now
    from agentmux.report.money import window_lines, window_row

    config = load_here(str(ctx.obj)).config
    fleet = stand_by().observed()
    found = windows(fleet, config.budget, budgets_of(config), day_of(now()))
    over = any(window.level == "over" for window in found)
    if as_json:
        output.data_json({"windows": [window_row(window) for window in found], "over": over})
    else:
        for line in window_lines(found, fleet):
            output.data(line)
        if all(window.limit_usd is None for window in found):
            output.talk("There is no limit. [budget] day_usd in the configuration sets one.")
    return OVER if check and over else 0
