"""A life on a small disk that fills up: run where $HOME is one, prints what each verb said."""

import json
import os
import sys
from pathlib import Path

from agentmux.ledger import reserve
from tests.support.cockpit import Cockpit, Said, eventually

COUNTER = "n=0; while :; do n=$((n+1)); printf '\\rcount %d ' $n; sleep 0.05; done"

LITTLE = 256 * 1024
"""Bytes that do for some rows, but not for the reserve."""


def fill(file: Path) -> None:
    """Take all there is."""
    with file.open("ab", buffering=0) as out:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    out.write(bytes(size))
            except OSError:
                continue


def count(cockpit: Cockpit) -> int:
    words = cockpit.screen("1").split()
    return int(words[words.index("count") + 1]) if "count" in words else 0


def told(said: Said) -> dict[str, object]:
    return {"code": said.code, "out": said.out, "err": said.err}


def main(home: Path) -> dict[str, object]:
    cockpit = Cockpit(home)
    row = cockpit.new(script=COUNTER)
    eventually(lambda: count(cockpit) > 1, "the agent counts")
    ended = cockpit.new("--name", "ended", script="exit 3")
    cockpit.await_state(ended["id"], "exited")
    result: dict[str, object] = {"pid": row["pid"]}
    fill(home / "filler")
    before = count(cockpit)
    for verb in (
        "new -- sleep 600",
        "resume ended",
        "ls --json",
        "doctor --json",
        "rename 1 other",
    ):
        result[verb.split()[0]] = told(cockpit.run(*verb.split()))
    eventually(lambda: count(cockpit) > before, "the agent goes on counting")
    reserve.free(cockpit.places.ledger)
    fill(home / "filler")
    os.truncate(home / "filler", (home / "filler").stat().st_size - LITTLE)
    result["spent"] = told(cockpit.run("new", "--", "sleep", "600"))
    result["stop"] = told(cockpit.run("stop", "other"))
    (home / "filler").unlink()
    result["again"] = told(cockpit.run("new", "--json", "--", "sleep", "600"))
    result["rows"] = cockpit.ls("--all")
    result["worktrees"] = sorted(path.name for path in (home / "acme.worktrees").iterdir())
    result["log"] = cockpit.places.leader_log.read_text()
    cockpit.close()
    return result


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(os.environ["HOME"]))))
