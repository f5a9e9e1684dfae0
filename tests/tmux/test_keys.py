"""The keys agentmux presses itself, as programs in a pane get them."""

import sys

import pytest

from agentmux.tmux.keys import ENTER
from agentmux.tmux.server import Server
from tests.support.tmux import run_python, wait_for_text

PRINT_HEX = """
import os, tty
tty.setraw(0)
os.write(1, b'ready\\r\\n')
while True:
    os.write(1, os.read(0, 99).hex().encode() + b'\\r\\n')
"""


@pytest.mark.tmux
def test_a_key_arrives_as_its_bytes(server: Server) -> None:
    pane = run_python(server, PRINT_HEX)
    wait_for_text(server, pane.id, b"ready")

    server.send_bytes(pane.id, ENTER)

    wait_for_text(server, pane.id, ENTER.hex().encode())


@pytest.mark.tmux
def test_ctrl_c_interrupts(server: Server) -> None:
    argv = [sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(60)"]
    pane = server.open_window("s1-1", argv)
    wait_for_text(server, pane.id, b"ready")

    server.send_bytes(pane.id, b"\x03")

    wait_for_text(server, pane.id, b"KeyboardInterrupt")
