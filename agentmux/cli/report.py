"""`agentmux report`: waits, turns, tokens and cost, by day, session, agent, model or branch."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import click

from agentmux.cli import output
from agentmux.cli.context import stand_by
from agentmux.core.meter import Who
from agentmux.core.secrets import redact, secret_values
from agentmux.errors import AgentmuxError, LedgerError, UsageError
from agentmux.ledger.store import Ledger
from agentmux.ledger.windows import Counted
from agentmux.mux.clock import now
from agentmux.report.checks import Check, check_chain, check_counts, check_queue, check_sums
from agentmux.report.figures import DEFINITIONS
from agentmux.report.grouping import GROUPS, Report, report_by
from agentmux.report.moments import parse_moment
from agentmux.report.page import page
from agentmux.report.strips import KINDS, Stretch, strip
from agentmux.report.table import csv_text, gap_lines, table

FEW = 5000
"""Rows that are counted in no time: more are rolled up, for the next report as well."""
STRIPS = 60
"""Sessions whose strips a page shows at most, the newest ones."""
RECOUNTED = 1_000_000
"""Rows beyond which a check does not count everything anew."""


@click.command("report", short_help="print waits, turns, tokens and cost")
@click.option("--by", default="session", metavar="GROUP[,GROUP]", help=", ".join(GROUPS) + ".")
@click.option("--since", metavar="TIME", help="2026-11-30, 2026-11-30T09:00Z, today, 2h, 3d.")
@click.option("--until", metavar="TIME", help="As --since; now when left out.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write one self-contained page.")  # fmt: skip
@click.option("--check", is_flag=True, help="Check the figures; exit 1 when they do not hold.")
@click.option("--definitions", is_flag=True, help="Say what each figure means.")
def command(
    by: str,
    since: str | None,
    until: str | None,
    as_json: bool,
    as_csv: bool,
    html: Path | None,
    check: bool,
    definitions: bool,
) -> int:
    """Print what sessions waited for, how their turns ended, and what they cost.

    With --check, Little's law, the sums and the record itself are checked first.
    """
    if as_json + as_csv + (html is not None) > 1:
        raise UsageError("--json, --csv and --html exclude each other.")
    moment = now()
    first = parse_moment(since, moment) if since else None
    last = parse_moment(until, moment) if until else None
    place = stand_by()
    _roll_up(place.ledger)
    counted = _without_secrets(place.ledger.count(moment, first, last))
    report = report_by(counted, _groups(by))
    checks = _checks(place.ledger, counted, moment, first, last) if check else []
    if html is not None:
        _write(html, page(report, _strips(place.ledger, counted), checks))
    elif as_json:
        fields = report.json()
        if check:
            fields |= {"ok": _ok(checks), "checks": [c.json() for c in checks]}
        output.data_json(fields)
    elif as_csv:
        output.raw(csv_text(report).encode())
    else:
        _print(report, definitions=definitions)
    if not as_json:
        _print_checks(checks)
    return 0 if _ok(checks) else 1


def _without_secrets(counted: Counted) -> Counted:
    """Names and branches come from outside; nothing else of a report does."""
    known = secret_values(os.environ)
    who = {
        session: Who(redact(name, known), agent, None if branch is None else redact(branch, known))
        for session, (name, agent, branch) in counted.who.items()
    }
    return replace(counted, who=who)


def _groups(by: str) -> list[str]:
    groups = list(dict.fromkeys(by.split(",")))
    for name in groups:
        if name not in GROUPS:
            raise UsageError(f"There is no group {name!r}.", f"Known: {', '.join(GROUPS)}.")
    return groups


def _ok(checks: Sequence[Check]) -> bool:
    return all(check.ok for check in checks)


def _roll_up(ledger: Ledger) -> None:
    """Count many rows once for all reports; where nothing may be written, for this one alone."""
    if ledger.uncounted <= FEW:
        return
    output.talk("agentmux: counting rows that no report has counted yet …")
    with suppress(LedgerError), Ledger.open(ledger.path, create=False) as writable:
        while writable.roll_up(20_000):
            pass


def _checks(
    ledger: Ledger,
    counted: Counted,
    moment: datetime,
    since: datetime | None,
    until: datetime | None,
) -> list[Check]:
    few = ledger.last <= RECOUNTED
    recounted = ledger.recount(moment, since, until) if few else None
    return [
        check_queue(counted),
        check_sums(counted),
        check_counts(counted, recounted),
        check_chain(ledger.verify()),
    ]


def _strips(ledger: Ledger, counted: Counted) -> Mapping[str, Sequence[Stretch]]:
    """By what to call the session, oldest first."""
    ids = {key.session for key in counted.tallies if key.session is not None}
    newest = sorted(ids, key=lambda i: (len(i), i))[-STRIPS:]
    since = counted.since or counted.until
    finest = max((counted.until - since) / 2000, timedelta())
    found = {}
    for session in newest:
        rows = (row for _, row in ledger.of_session(session, KINDS))
        who = counted.who.get(session)
        name = f"{session} {who.name}" if who else session
        found[name] = strip(rows, since, counted.until, finest)
    return found


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise AgentmuxError(f"{path} cannot be written: {error.strerror}.") from error
    output.data(f"wrote {path}")


def _print(report: Report, *, definitions: bool) -> None:
    if not report.rows:
        output.talk("Nothing was recorded in that time.")
    else:
        for line in table(report):
            output.data(line)
    for line in gap_lines(report):
        output.talk(f"agentmux: {line}")
    if definitions:
        output.data("")
        for name, said in DEFINITIONS.items():
            output.data(f"{name}: {said}")


def _print_checks(checks: Sequence[Check]) -> None:
    for check in checks:
        line = f"{'ok  ' if check.ok else 'FAIL'}  {check.id:<8} {check.message}"
        output.talk(line)
