"""What is known of the person's terminal, and what is assumed before anything is."""

import json
from pathlib import Path

import pytest

from agentmux.shim.outer import load_terminal


def test_what_the_screen_wrote(tmp_path: Path) -> None:
    file = tmp_path / "terminal.json"
    file.write_text(json.dumps({"kitty": False, "background": "rgb:0000/0000/0000"}))
    assert load_terminal(str(file)) == {"kitty": False, "background": "rgb:0000/0000/0000"}


@pytest.mark.parametrize("content", [None, b"", b"[1]", b"\xff{", b'{"kitty": '])
def test_before_that_kitty_keys_are_assumed(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "terminal.json"
    if content is not None:
        file.write_bytes(content)
    assert load_terminal(str(file)) == {"kitty": True}
