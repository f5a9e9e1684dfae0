"""Codex's command lines; what each stands for was tried on the real program."""

import pytest

from agentmux.agents import codex
from agentmux.core.agent import LaunchSpec, Noted

ID = "01a20e1f-cff9-7001-b7d4-24b7cde4bec0"


@pytest.mark.parametrize(
    ("spec", "argv"),
    [
        (LaunchSpec(), ("codex", "--no-daemon")),
        (LaunchSpec(args=("-m", "x")), ("codex", "--no-daemon", "-m", "x")),
        (LaunchSpec(args=("--no-daemon",)), ("codex", "--no-daemon")),  # twice is an error
        (LaunchSpec(prompt="resume"), ("codex", "--no-daemon", "--", "resume")),
        (LaunchSpec(prompt="-x\ny"), ("codex", "--no-daemon", "--", "-x\ny")),
        (LaunchSpec(command=("/opt/codex",)), ("/opt/codex", "--no-daemon")),
    ],
)
def test_a_first_start(spec: LaunchSpec, argv: tuple[str, ...]) -> None:
    assert codex.launch(spec).argv == argv
    assert codex.launch(spec).session_id is None


@pytest.mark.parametrize(
    ("spec", "tail"),
    [
        (LaunchSpec(session_id=ID), ("-C", ".", "--", ID)),
        (LaunchSpec(session_id=ID, prompt="go"), ("-C", ".", "--", ID, "go")),
        (LaunchSpec(own_folder=True), ("-C", ".", "--last")),
        (LaunchSpec(own_folder=True, prompt="go"), ("-C", ".", "--last", "--", "go")),
        (LaunchSpec(), ("-C", ".")),
        (LaunchSpec(args=("--cd", "sub"), session_id=ID), ("--cd", "sub", "--", ID)),
    ],
)
def test_resume(spec: LaunchSpec, tail: tuple[str, ...]) -> None:
    started = codex.resume(spec)
    assert started is not None
    assert started.argv == ("codex", "resume", "--no-daemon", *tail)
    assert started.session_id == spec.session_id


def test_a_fork_stays_in_the_folder_of_its_pane() -> None:
    started = codex.fork(LaunchSpec(source_id=ID, prompt="try it another way"))
    assert started is not None
    tail = ("--no-daemon", "-C", ".", "--", ID, "try it another way")
    assert started.argv == ("codex", "fork", *tail)
    assert codex.fork(LaunchSpec()) is None


def test_the_rollout_is_looked_for_where_codex_keeps_it() -> None:
    home = LaunchSpec(session_id=ID, env={"HOME": "/home/a"})
    moved = LaunchSpec(session_id=ID, env={"CODEX_HOME": "/else"})
    assert codex.conversation(home) == f"/home/a/.codex/sessions/*/*/*/rollout-*-{ID}.jsonl"
    assert codex.conversation(moved) == f"/else/sessions/*/*/*/rollout-*-{ID}.jsonl"
    assert codex.conversation(LaunchSpec(env={"HOME": "/home/a"})) is None


def test_version() -> None:
    assert codex.version_argv() == ("--version",)
    assert codex.parse_version("codex-cli 0.169.0\n") == "0.169.0"


def test_where_codex_is_set_up() -> None:
    setup = codex.setup({"HOME": "/home/me"})
    assert setup is not None
    assert setup.files == ("/home/me/.codex/auth.json",)
    assert setup.notes == "/home/me/.codex/config.toml"
    moved = codex.setup({"HOME": "/home/me", "CODEX_HOME": "/c"})
    assert moved is not None and moved.files == ("/c/auth.json",)
    assert "OPENAI_API_KEY" not in setup.variables


@pytest.mark.parametrize(
    ("notes", "noted"),
    [
        ("", Noted(False, ("trust in /acme",))),
        ("[not toml", Noted(False, ("trust in /acme",))),
        ("projects = 3", Noted(False, ("trust in /acme",))),
        ('[projects."/acme"]\ntrust_level = "trusted"', Noted(False, ())),
        ('model_provider = "mine"\n[projects."/acme"]\ntrust_level = "untrusted"', Noted(True, ())),
        ('model_provider = "openai"\n[projects."/b"]\n', Noted(False, ("trust in /acme",))),
    ],
)
def test_what_its_configuration_says(notes: str, noted: Noted) -> None:
    assert codex.parse_notes(notes, "/acme") == noted
    assert codex.parse_notes(notes, None).pending == ()
