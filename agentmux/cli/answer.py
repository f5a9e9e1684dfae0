"""`agentmux answer`: take one of an agent's own options without attaching."""

import click

from agentmux.cli import output
from agentmux.cli.context import stand


@click.command("answer", short_help="answer what a session asks")
@click.argument("name")
@click.argument("choice")
@click.option("--message", metavar="TEXT", help="Say this once the answer is taken.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str, choice: str, message: str | None, as_json: bool) -> None:
    """Choose option CHOICE of what session NAME asks: its number, yes, no, or how it begins.

    Sent only while the agent asks and its screen shows the menu; exit 1 when it is not taken.
    """
    place = stand()
    session = place.require(name)
    done = place.ask("answer", session.id, choice=choice, message=message)
    if as_json:
        output.data_json(dict(done.result))
    else:
        output.data(f"taken: {done.result.get('label')}")
