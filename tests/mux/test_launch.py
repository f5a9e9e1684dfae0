"""How a session's agent is started, branched off and continued."""

from datetime import UTC, datetime
from pathlib import Path

from agentmux.config import Config, Profile
from agentmux.core.session import Session
from agentmux.mux.launch import plan_launch, session_variables

ID = "0d6d4f0e-0000-4000-8000-000000000001"


def session(agent: str, **fields: object) -> Session:
    made = Session(
        id="s1",
        name="one",
        agent=agent,
        created=datetime(2026, 1, 1, tzinfo=UTC),
        repo="/repo",
        worktree="/repo.worktrees/one",
        slot=3,
        run=2,
        task="fix the tests",
    )
    for name, value in fields.items():
        object.__setattr__(made, name, value)
    return made


def argv(made: Session, config: Config, env: dict[str, str], *, resume: bool) -> tuple[str, ...]:
    return plan_launch(made, config, env, "", resume).argv


def test_resume_continues_a_conversation_that_is_there(tmp_path: Path) -> None:
    transcript = tmp_path / ".claude/projects/-repo" / f"{ID}.jsonl"
    transcript.parent.mkdir(parents=True)
    transcript.write_text("{}\n")
    made = session("claude", agent_session_id=ID)
    env = {"HOME": str(tmp_path), "PATH": "/nowhere"}
    assert argv(made, Config(), env, resume=True) == ("claude", "--resume", ID)


def test_resume_without_a_conversation_starts_with_the_task(tmp_path: Path) -> None:
    made = session("claude", agent_session_id=ID)
    env = {"HOME": str(tmp_path), "PATH": "/nowhere"}
    words = argv(made, Config(), env, resume=True)
    assert words == ("claude", "--session-id", ID, "--", "fix the tests")


def test_a_plain_command_is_run_again() -> None:
    made = session("command", argv=("make", "watch"))
    assert argv(made, Config(), {}, resume=True) == ("make", "watch")


def test_a_fork_branches_off_in_its_first_run_only(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path), "PATH": "/nowhere"}
    made = session("claude", agent_session_id=ID, source_id="other", run=1)
    assert "--fork-session" in argv(made, Config(), env, resume=False)
    later = session("claude", agent_session_id=ID, source_id="other", run=2)
    assert "--fork-session" not in argv(later, Config(), env, resume=False)


def test_a_profile_gives_command_and_arguments() -> None:
    config = Config(profiles={"p": Profile(agent="codex", args=("-m", "x"))})
    words = argv(session("codex", profile="p", task=None), config, {}, resume=False)
    assert words[0] == "codex"
    assert words[-2:] == ("-m", "x")


def test_a_program_off_the_path_is_started_by_its_place(tmp_path: Path) -> None:
    program = tmp_path / ".local/bin/codex"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    env = {"HOME": str(tmp_path), "PATH": "/nowhere"}
    assert argv(session("codex"), Config(), env, resume=False)[0] == str(program)


def test_each_slot_has_its_own_ports() -> None:
    told = session_variables(session("shell"))
    assert told["AGENTMUX_PORT_BASE"] == "42030"
    assert told["AGENTMUX_SLOT"] == "3"
