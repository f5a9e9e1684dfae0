"""What `agentmux doctor` looks at: one table of checks, one module for each group of them.

A check reads, and never starts a server or changes anything; what may be repaired without losing
anything it hands back as a function, and only `--fix` calls it. A check that fails on its own
errors (a damaged file, a hung program) is a failed check and not a crash.
"""

from collections.abc import Callable, Iterator, Mapping

from agentmux.errors import AgentmuxError
from agentmux.mux.checks import agents, answers, machine, programs, record, server, terminal, work
from agentmux.mux.checks.check import Answers, Check, Subject, load_subject

__all__ = ["CHECKS", "Answers", "Check", "Subject", "load_subject", "repair_all", "run_checks"]

CHECKS: Mapping[str, Callable[[Subject], Iterator[Check]]] = {
    "python": programs.check_python,
    "tmux": programs.check_tmux,
    "git": programs.check_git,
    "agent": agents.check_agents,
    "terminal": terminal.check_terminal,
    "keys": answers.check_keys,
    "clipboard": answers.check_clipboard,
    "background": answers.check_background,
    "locale": terminal.check_locale,
    "outer": terminal.check_outer,
    "inotify": machine.check_inotify,
    "disk": machine.check_disk,
    "memory": machine.check_memory,
    "clock": machine.check_clock,
    "folders": record.check_folders,
    "runtime": record.check_runtime,
    "ledger": record.check_ledger,
    "config": record.check_configuration,
    "server": server.check_server,
    "leader": server.check_leader,
    "windows": server.check_windows,
    "orphans": server.check_orphans,
    "locks": work.check_locks,
    "worktrees": work.check_worktrees,
    "kept": work.check_kept,
}
"""Name → what looks. A check's id is this name, or begins with it (`agent.claude`)."""


def run_checks(subject: Subject) -> Iterator[Check]:
    """Every finding, in the order of the table."""
    for name, check in CHECKS.items():
        try:
            yield from check(subject)
        except AgentmuxError as error:
            yield Check(name, "fail", error.message, error.hint)


def repair_all(subject: Subject) -> Iterator[str]:
    """Repair what can be repaired without losing anything; a sentence for each thing done."""
    for found in run_checks(subject):
        if found.repair is not None:
            yield found.repair()
