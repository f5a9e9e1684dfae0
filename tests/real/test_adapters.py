"""What the adapters say of real agents is true of the pinned versions.

No leader and no screen: what fails here is the agent, its adapter or the shim.
"""

import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from agentmux.agents import AGENTS
from agentmux.core.agent import Launch
from tests.real.clients import Client
from tests.real.fake_llm_api.server import FakeApi
from tests.real.shimmed import running, spec_for, spooled

EDIT = "Say two louder [[read notes.txt ;; edit notes.txt two => TWO ;; say All louder now]]"
SAID = r"^\W*All louder now"
SHIFT_ENTER = b"\x1b[13;2u"

BOTH = pytest.mark.parametrize("name", ["claude", "codex"])
Prepare = Callable[[str], Client]


@BOTH
def test_a_typed_turn_edits_the_file(
    name: str, prepare: Prepare, api: FakeApi, repo: Path, tmp_path: Path
) -> None:
    client = prepare(name)
    launch = AGENTS[name].launch(spec_for(client, tmp_path, session_id=str(uuid.uuid4())))
    with running(client, launch, repo, tmp_path) as terminal:
        terminal.type(EDIT)
        terminal.press(b"\r")
        terminal.answer_until(SAID, b"\r", client.asks)
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


@BOTH
@pytest.mark.parametrize("task", ["update", "--help me", "-x\nand a second line"])
def test_a_task_is_never_an_option_or_a_subcommand(
    name: str, task: str, prepare: Prepare, api: FakeApi, repo: Path, tmp_path: Path
) -> None:
    client = prepare(name)
    launch = AGENTS[name].launch(spec_for(client, tmp_path, prompt=task))
    with running(client, launch, repo, tmp_path) as terminal:
        terminal.wait_until(lambda: len(api.turns()) == 1, "a turn")
    assert task in api.turns()[0].user_texts[-1]


@BOTH
def test_a_session_is_resumed_where_it_was(
    name: str, prepare: Prepare, repo: Path, tmp_path: Path
) -> None:
    client, agent = prepare(name), AGENTS[name]
    spec = spec_for(client, tmp_path / "1", session_id=str(uuid.uuid4()), prompt=EDIT)
    with running(client, agent.launch(spec), repo, tmp_path / "1") as terminal:
        terminal.answer_until(SAID, b"\r", client.asks)
    again = spec_for(
        client, tmp_path / "2", session_id=agent.launch(spec).session_id, own_folder=True
    )
    resumed = agent.resume(again)
    assert resumed is not None
    with running(client, resumed, repo, tmp_path / "2") as terminal:
        terminal.wait_for(SAID)
        terminal.type("Thank you [[say You are welcome]]")
        terminal.press(b"\r")
        terminal.wait_for(r"^\W*You are welcome")


@BOTH
def test_a_fork_works_in_its_own_worktree(
    name: str, prepare: Prepare, repo: Path, tmp_path: Path
) -> None:
    client, agent = prepare(name), AGENTS[name]
    spec = spec_for(client, tmp_path / "1", session_id=str(uuid.uuid4()), prompt="Hello")
    with running(client, agent.launch(spec), repo, tmp_path / "1") as terminal:
        terminal.wait_for(r"^\W*Done\.")
    other = repo.parent / "other"
    subprocess.run(["git", "-C", str(repo), "worktree", "add", "-q", str(other)], check=True)
    source = conversation_id(client)
    forked = agent.fork(
        spec_for(client, tmp_path / "2", source_id=source, session_id=str(uuid.uuid4()))
    )
    assert forked is not None
    with running(client, forked, other, tmp_path / "2") as terminal:
        terminal.wait_for("Hello")
        terminal.type(EDIT)
        terminal.press(b"\r")
        terminal.answer_until(SAID, b"\r", client.asks)
    assert (other / "notes.txt").read_text() == "one\nTWO\nthree\n"
    assert (repo / "notes.txt").read_text() == "one\ntwo\nthree\n"


@BOTH
def test_conversation_names_the_file_that_tells_whether_there_is_one(
    name: str, prepare: Prepare, repo: Path, tmp_path: Path
) -> None:
    client, agent = prepare(name), AGENTS[name]
    with running(client, agent.launch(spec_for(client, tmp_path)), repo, tmp_path) as terminal:
        assert conversations(client) == []
        terminal.type("Hello")
        terminal.press(b"\r")
        terminal.wait_for(r"^\W*Done\.")
        terminal.wait_until(lambda: len(conversations(client)) == 1, "a conversation")


def conversations(client: Client) -> list[Path]:
    """The files that the adapter's glob finds for any id."""
    pattern = AGENTS[client.name].conversation(spec_for(client, Path(), session_id="ANY"))
    assert pattern is not None
    home = Path(client.env["HOME"])
    return list(home.glob(str(Path(pattern).relative_to(home)).replace("ANY", "*")))


def conversation_id(client: Client) -> str:
    """The agent's own id of the only conversation there is: a UUID at the end of the name."""
    (only,) = conversations(client)
    return only.stem[-36:]


def test_claude_keeps_its_scrollback_and_the_person_their_settings(
    prepare: Prepare, repo: Path, tmp_path: Path
) -> None:
    client = prepare("claude")
    own = Path(client.env["HOME"], ".claude/settings.json")
    own.parent.mkdir()
    own.write_text('{"tui": "fullscreen"}\n')
    launch = AGENTS["claude"].launch(spec_for(client, tmp_path))
    with running(client, launch, repo, tmp_path) as terminal:
        assert not terminal.is_alternate
    with running(client, Launch(launch.argv[:1] + client.args), repo, tmp_path) as terminal:
        assert terminal.is_alternate  # without ours it is as the person has it
    assert own.read_text() == '{"tui": "fullscreen"}\n'
