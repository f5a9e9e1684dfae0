"""The leader's log stays short and loses nothing that is written while it is put aside."""

import subprocess
import sys
from pathlib import Path

from agentmux.mux import log
from tests.support.cockpit import ROOT

WRITER = """
import os, sys, threading
from pathlib import Path
from agentmux.mux.log import put_aside

def write():
    for number in range(3000):
        os.write(2, b"%d\\n" % number)
        if number == 1000:
            under_way.set()

under_way = threading.Event()
writing = threading.Thread(target=write)
writing.start()
under_way.wait()
put_aside(Path(sys.argv[1]))
os.write(1, b"put aside\\n")
writing.join()
"""


def fill(path: Path) -> None:
    """A log that is just too long, all of one line."""
    path.write_bytes(b"x" * log.LIMIT + b"\n")


def test_no_line_is_lost_while_it_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "leader.log"
    fill(path)
    with path.open("ab") as out:
        argv = [sys.executable, "-c", WRITER, str(path)]
        subprocess.run(argv, cwd=ROOT, stdout=out, stderr=out, check=True)
        out.write(b"by another\n")

    old = path.with_name("leader.log.1").read_text().splitlines()
    new = path.read_text().splitlines()
    assert (old[-1], "put aside" in new) == ("by another", True)
    numbers = [line for line in old[1:-1] + new if line != "put aside"]
    assert numbers == [str(number) for number in range(3000)]


def test_a_short_log_and_none_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "leader.log"
    log.put_aside(path)
    assert list(tmp_path.iterdir()) == []
    path.write_bytes(b"x" * log.LIMIT)
    log.put_aside(path)
    assert [file.name for file in tmp_path.iterdir()] == ["leader.log"]
