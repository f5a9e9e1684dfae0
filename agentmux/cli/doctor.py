"""`agentmux doctor`: one line for each thing looked at, with the command that fixes it."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from agentmux.cli import output
from agentmux.cli.group import is_terminal
from agentmux.cli.ls import repo_around
from agentmux.core.events import Json
from agentmux.core.text import clean
from agentmux.errors import AgentmuxError, ConfigError
from agentmux.paths import places

if TYPE_CHECKING:
    from agentmux.mux.checks import Answers, Check

WORDS = {"ok": "ok", "warn": "warn", "fail": "FAIL"}
FAILED = 3


@click.command("doctor", short_help="check this machine")
@click.option("--fix", is_flag=True, help="Repair what can be repaired without losing anything.")
@click.option("--keys", "look_at_keys", is_flag=True, help="Press the leader, see what arrives.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, fix: bool, look_at_keys: bool, as_json: bool) -> int:
    """Look at programs, terminal, machine, ledger, tmux server and worktrees; exit 3 on a failure.

    Starts nothing and changes nothing, but for what --fix repairs.
    """
    from agentmux.mux.checks import load_subject, repair_all, run_checks

    where, folder = places(), str(ctx.obj)
    repo = repo_around(folder)
    if look_at_keys:
        from agentmux.cli.doctor_keys import check_keys

        subject = load_subject(where, os.environ, folder, repo)
        return _report([check_keys(subject.config.leader)], as_json)
    answers = _ask_terminal()
    subject = load_subject(where, os.environ, folder, repo, answers)
    if fix:
        for done in repair_all(subject):
            output.talk(f"agentmux: {done}")
        subject = load_subject(where, os.environ, folder, repo, answers)
    return _report([*run_checks(subject), *_mistaken_keys(folder)], as_json)


def _mistaken_keys(folder: str) -> "Sequence[Check]":
    """A finding where the files are in order and the keys in them are not.

    Which actions and keys there are is known to the screen alone, not to the checks.
    """
    from agentmux.cli.context import load_here
    from agentmux.cli.keys import require_keymap
    from agentmux.mux.checks import Check

    try:
        loaded = load_here(folder)
    except AgentmuxError:
        return ()  # the checks have said so
    try:
        require_keymap(loaded)
    except ConfigError as error:
        return (Check("config.keys", "fail", error.message, error.hint),)
    return ()


def _ask_terminal() -> "Answers | None":
    """What the terminal says of itself; None without one, or in the background of one."""
    if not is_terminal() or os.tcgetpgrp(sys.stdin.fileno()) != os.getpgrp():
        return None
    from agentmux.mux.checks import Answers
    from agentmux.ui.terminal import probe

    said = probe(sys.stdin.fileno())
    known = said.terminal
    return Answers(known.kitty, said.clipboard, known.background, said.complete)


def _report(checks: "Sequence[Check]", as_json: bool) -> int:
    """Print the findings; the exit code."""
    failed = any(check.level == "fail" for check in checks)
    if as_json:
        output.data_json({"ok": not failed, "checks": [_row(check) for check in checks]})
    else:
        width = max(len(check.id) for check in checks)
        for check in checks:
            message = clean(check.message, one_line=True)
            output.data(f"{WORDS[check.level]:4}  {check.id:{width}}  {message}")
            if check.fix:
                output.data(f"{'':{width + 8}}fix: {clean(check.fix, one_line=True)}")
    return FAILED if failed else 0


def _row(check: "Check") -> Json:
    return {
        "id": check.id,
        "level": check.level,
        "message": clean(check.message, one_line=True),
        "fix": check.fix,
    }
