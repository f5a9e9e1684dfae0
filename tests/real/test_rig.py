"""Each real agent as its adapter starts it, under our shim, on a terminal with Kitty's keys.

No leader and no screen: what fails here is the agent, its adapter or the shim.
"""

import json
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agentmux.agents import AGENTS
from agentmux.core.agent import Launch, LaunchSpec
from agentmux.shim import __file__ as shim_package
from tests.real.clients import Client
from tests.real.fake_llm_api.server import FakeApi
from tests.real.terminal import Terminal

EDIT = "Say two louder [[read notes.txt ;; edit notes.txt two => TWO ;; say All louder now]]"
SHIFT_ENTER = b"\x1b[13;2u"

BOTH = pytest.mark.parametrize("name", ["claude", "codex"])
Prepare = Callable[[str], Client]


def spec_for(client: Client, folder: Path, **more: Any) -> LaunchSpec:
    """What the leader would hand to the adapter."""
    return LaunchSpec(args=client.args, env=client.env, folder=str(folder), **more)


@contextmanager
def running(client: Client, launch: Launch, cwd: Path, folder: Path) -> Iterator[Terminal]:
    """The agent under the shim, once its composer is ready; files stand in `folder`."""
    folder.mkdir(exist_ok=True)
    for name, text in launch.files.items():
        (folder / name).write_text(text)
    (folder / "terminal.json").write_text(json.dumps({"kitty": True}))
    spec = {
        "argv": launch.argv,
        "cwd": str(cwd),
        "env": {**client.env, **launch.env},
        "spool": str(folder / "spool.jsonl"),
        "modes": str(folder / "modes.json"),
        "terminal": str(folder / "terminal.json"),
    }
    path = folder / "spec.json"
    path.write_text(json.dumps(spec))
    path.chmod(0o600)
    shim = str(Path(shim_package).with_name("__main__.py"))
    argv = [sys.executable, "-I", "-S", shim, str(path)]
    with Terminal(argv, client.env, cwd, folder) as terminal:
        terminal.wait_for(client.ready)
        yield terminal


def spooled(folder: Path, kind: str) -> list[dict[str, Any]]:
    """What the shim wrote down of one kind."""
    rows = [json.loads(line) for line in (folder / "spool.jsonl").read_text().splitlines()]
    return [row for row in rows if row["e"] == kind]


def work_through(terminal: Terminal, client: Client, said: str) -> None:
    """Allow whatever the agent asks until it has `said` it."""
    while terminal.wait_for(said, client.asks) == client.asks:
        terminal.answer(b"\r", client.asks)


@BOTH
def test_a_turn_edits_the_file(
    name: str, prepare: Prepare, api: FakeApi, repo: Path, tmp_path: Path
) -> None:
    client = prepare(name)
    launch = AGENTS[name].launch(spec_for(client, tmp_path, session_id=str(uuid.uuid4())))
    with running(client, launch, repo, tmp_path) as terminal:
        terminal.type(EDIT)
        terminal.press(b"\r")
        work_through(terminal, client, r"^\W*All louder now")
        assert (repo / "notes.txt").read_text() == "one\nTWO\nthree\n"
        states = [row["data"] for row in spooled(tmp_path, "status")]
        assert any("state=working" in data for data in states)
    assert len(api.turns(client.key)) == 3


@BOTH
def test_shift_enter_makes_a_new_line(
    name: str, prepare: Prepare, api: FakeApi, repo: Path, tmp_path: Path
) -> None:
    client = prepare(name)
    launch = AGENTS[name].launch(spec_for(client, tmp_path))
    with running(client, launch, repo, tmp_path) as terminal:
        terminal.type("first line")
        terminal.press(SHIFT_ENTER)
        terminal.type("second line")
        rows = terminal.rows()
        first = next(n for n, row in enumerate(rows) if row.endswith("first line"))
        assert rows[first + 1].strip() == "second line"
        assert api.turns() == []
        terminal.press(b"\r")
        terminal.wait_until(lambda: len(api.turns()) == 1, "a turn")
        assert "first line\nsecond line" in api.turns()[0].user_texts[-1]
