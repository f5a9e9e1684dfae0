"""The shim is light, also when it is run as a module."""

import os
import subprocess
import sys
import termios

from tests.shim.conftest import NewPane
from tests.shim.pane import BARE, SHIM, program

HEAVY = {
    *("asyncio", "contextlib", "dataclasses", "inspect", "logging", "pathlib", "shutil", "socket"),
    *("subprocess", "tempfile", "threading", "typing", "ctypes"),
}
"""What would cost a tenth of its start or more; `ctypes` is loaded in the agent's process only."""


def test_it_loads_nothing_heavy_and_nothing_else_of_ours() -> None:
    root = str(SHIM.parents[2])
    code = (
        f"import sys; sys.path.append({root!r}); import agentmux.shim.run, agentmux.shim.relay\n"
        "print(*sys.modules)"
    )
    result = subprocess.run([*BARE, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(result.stdout.split())

    assert "agentmux.shim.relay" in loaded
    assert loaded & HEAVY == set()
    ours = {name for name in loaded if name.startswith("agentmux")}
    assert {name for name in ours if not name.startswith("agentmux.shim")} == {"agentmux"}


def test_it_runs_as_a_module(new_pane: NewPane) -> None:
    pane = new_pane(program("os.write(1, b'here')"))
    pane.shim = [sys.executable, "-m", "agentmux.shim"]
    pane.start()

    assert pane.finish() == 0
    assert pane.screen == b"here"


def test_the_pane_is_as_it_was_afterwards(new_pane: NewPane) -> None:
    pane = new_pane(program("tty.setraw(0); os.write(1, b'raw'); os.read(0, 1)"))
    slave = os.open(os.ttyname(pane.slave), os.O_RDWR | os.O_NOCTTY)
    before = termios.tcgetattr(slave)
    pane.start()
    pane.expect(b"raw")
    during = termios.tcgetattr(slave)
    pane.write(b"x")

    assert pane.finish() == 0
    assert termios.tcgetattr(slave) == before != during
    os.close(slave)
