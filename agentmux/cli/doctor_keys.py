"""`agentmux doctor --keys`: what the terminal really sends when the leader is pressed."""

import os
import re
import select
import sys
import termios
import tty
from collections.abc import Sequence

from agentmux.cli import output
from agentmux.cli.group import is_terminal
from agentmux.errors import UsageError
from agentmux.mux.checks import Check
from agentmux.ui.leaders import any_leader, parse_leader

WAIT_S = 15.0
TOGETHER_S = 0.1
"""A key of several bytes arrives within this."""
ADVICE = 'Set another leader in the configuration, for example leader = ["ctrl+]"].'


def check_keys(leaders: Sequence[str]) -> Check:
    """Ask for one press of the leader and judge what arrives; UsageError without a terminal."""
    if not is_terminal():
        raise UsageError(
            "`doctor --keys` needs a terminal to press a key in.", "Without one: agentmux doctor"
        )
    question = f"Press {' or '.join(leaders)} now ({WAIT_S:.0f} s)."
    return judge_keys(read_key(sys.stdin.fileno(), WAIT_S, question), leaders)


def judge_keys(arrived: bytes, leaders: Sequence[str]) -> Check:
    """Whether `arrived` is a press of one of `leaders`, in any encoding."""
    wanted = " or ".join(leaders)
    if not arrived:
        return Check("keys", "fail", f"Nothing arrived: something keeps {wanted}.", ADVICE)
    press, _ = any_leader(parse_leader(name) for name in leaders)
    if re.match(press, arrived):
        return Check("keys", "ok", f"{arrived.hex(' ')} arrived: {wanted} works.")
    message = f"{arrived.hex(' ')} arrived, which is not {wanted}."
    return Check("keys", "fail", message, ADVICE)


def read_key(fileno: int, limit_s: float, question: str) -> bytes:
    """The bytes of one key press, empty after `limit_s`.

    The line discipline is out of the way before the question is asked: it would keep a ctrl+q.
    """
    before = termios.tcgetattr(fileno)
    data = b""
    try:
        _make_raw(fileno)
        output.talk(question)
        while select.select([fileno], [], [], TOGETHER_S if data else limit_s)[0]:
            new = os.read(fileno, 4096)
            if not new:
                break
            data += new
    finally:
        termios.tcsetattr(fileno, termios.TCSANOW, before)
    return data


def _make_raw(fileno: int) -> None:
    """Raw for what is typed; what is printed still gets its carriage returns."""
    tty.setraw(fileno, termios.TCSANOW)
    raw = termios.tcgetattr(fileno)
    raw[1] |= termios.OPOST | termios.ONLCR
    termios.tcsetattr(fileno, termios.TCSANOW, raw)
