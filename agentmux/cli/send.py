"""`agentmux send`: text as a paste and Enter, or raw bytes, into a session's pane."""

import sys
import time

import click

from agentmux.cli import output
from agentmux.cli.context import require_pane, stand_by
from agentmux.errors import UsageError
from agentmux.mux.start import private_server
from agentmux.tmux.keys import ENTER

SETTLE_S = 0.5
"""Between a paste and its Enter: agents swallow an Enter that comes with the paste."""


@click.command("send", short_help="send text or bytes to a session")
@click.argument("name")
@click.argument("text", required=False)
@click.option("--stdin", "from_stdin", is_flag=True, help="Take the text from standard input.")
@click.option("--no-enter", is_flag=True, help="Do not press Enter after the text.")
@click.option("--keys", metavar="'HEX ...'", help="Bytes to type as they are, in hex.")
@click.option("--json", "as_json", is_flag=True)
def command(
    name: str,
    text: str | None,
    from_stdin: bool,
    no_enter: bool,
    keys: str | None,
    as_json: bool,
) -> None:
    """Send TEXT to session NAME as a bracketed paste, then Enter; or raw bytes with --keys."""
    if (text is not None) + from_stdin + (keys is not None) != 1:
        raise UsageError(
            "Say what to send in exactly one way.", "A TEXT, or --stdin, or --keys '1b 5b 41'."
        )
    place = stand_by()
    session, pane = require_pane(place, name)
    server = private_server(place.places)
    if keys is not None:
        content = _parse_hex(keys)
        server.send_bytes(pane, content)
    else:
        content = _read_stdin() if from_stdin else _encode(text or "")
        server.paste(pane, content)
        if not no_enter:
            time.sleep(SETTLE_S)  # noqa: TID251 - the agent's own delay; nothing tells its end
            server.send_bytes(pane, ENTER)
    if as_json:
        output.data_json({"session": session.id, "bytes": len(content)})
    else:
        output.data(f"sent {len(content)} bytes to {session.id}")


def _parse_hex(keys: str) -> bytes:
    try:
        return bytes.fromhex(keys)
    except ValueError as error:
        raise UsageError(f"{keys!r} is not hex.", "For example --keys '1b 5b 41'.") from error


def _read_stdin() -> bytes:
    """All of standard input; nothing where it is closed, `<&-`."""
    return sys.stdin.buffer.read() if sys.stdin else b""


def _encode(text: str) -> bytes:
    """As it stood on the command line, byte for byte."""
    return text.encode("utf-8", "surrogateescape")
