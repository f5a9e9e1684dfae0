"""The command line: `python -m tests.bench panes|report [--quick] [--only NAME] [--json FILE]`."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from tests.bench.card import card, load
from tests.bench.figure import QUICK, Effort, Figure, table
from tests.bench.panes import BENCHES
from tests.bench.report import measure_report

SETS: dict[str, dict[str, Callable[[Effort], list[Figure]]]] = {
    "panes": BENCHES,
    "report": {"report": measure_report},
}
"""What may be measured → its benchmarks by name."""


def main() -> int:
    given = _arguments()
    effort = QUICK if given.quick else Effort()
    if given.flood:
        effort = replace(effort, flood=given.flood)
    if given.rows:
        effort = replace(effort, rows=given.rows)
    facts = card()
    for name, value in facts.items():
        print(f"{name}: {value}")
    figures: list[Figure] = []
    for name, measure in SETS[given.what].items():
        if not given.only or name in given.only:
            print(f"{name} …", file=sys.stderr, flush=True)
            figures += measure(effort)
            print("\n".join(table(figures[-10:])), file=sys.stderr, flush=True)
    facts["load at the end"] = load()
    print(f"load at the end: {facts['load at the end']}\n")
    print("\n".join(table(figures)))
    if given.json:
        rows = [{**asdict(f), "beside": f.beside, "verdict": f.verdict} for f in figures]
        given.json.write_text(json.dumps({"card": facts, "figures": rows}, indent=2) + "\n")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("what", choices=list(SETS))
    parser.add_argument("--quick", action="store_true", help="fewer rounds, for a first look")
    parser.add_argument(
        "--only", action="append", choices=list(BENCHES), help="this one; repeatable"
    )
    parser.add_argument("--rows", type=int, help="of the ledger that reports are made of")
    parser.add_argument("--flood", type=int, help="megabytes before memory is looked at again")
    parser.add_argument("--json", type=Path, help="write card and figures to this file as well")
    return parser.parse_args()


sys.exit(main())
