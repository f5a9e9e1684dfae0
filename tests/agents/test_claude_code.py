"""Claude Code's command lines; what each stands for was tried on the real program."""

import json

import pytest

from agentmux.agents import claude_code as claude
from agentmux.core.agent import LaunchSpec, Noted
from agentmux.errors import UsageError

ID = "11111111-2222-4333-8444-555555555555"
OTHER = "99999999-2222-4333-8444-555555555555"


def test_a_first_start_chooses_the_id_and_pins_the_renderer() -> None:
    started = claude.launch(LaunchSpec(session_id=ID, folder="/state/s1"))
    settings = ("--settings", "/state/s1/claude-settings.json")
    assert started.argv == ("claude", "--session-id", ID, *settings)
    assert started.session_id == ID
    assert json.loads(started.files["claude-settings.json"]) == {"tui": "default"}


def test_the_permission_mode_is_the_persons() -> None:
    assert not any("permission" in word for word in claude.launch(LaunchSpec(session_id=ID)).argv)
    given = LaunchSpec(args=("--permission-mode", "plan"), prompt="go on now")
    assert claude.launch(given).argv == ("claude", "--permission-mode", "plan", "--", "go on now")


@pytest.mark.parametrize(
    ("prompt", "last"),
    [
        ("fix the bug", ("--", "fix the bug")),
        ("-x is broken\nsee log", ("--", "-x is broken\nsee log")),
        ("update", ("--", "update ")),  # without the space it runs `claude update`
        ("", ()),
    ],
)
def test_a_task_is_never_an_option_or_a_subcommand(prompt: str, last: tuple[str, ...]) -> None:
    assert claude.launch(LaunchSpec(prompt=prompt)).argv == ("claude", *last)


@pytest.mark.parametrize("args", [("--continue",), ("-r", OTHER), (f"--resume={OTHER}",)])
def test_the_persons_choice_of_conversation_stands(args: tuple[str, ...]) -> None:
    for start in (claude.launch, claude.resume):
        started = start(LaunchSpec(args=args, session_id=ID))
        assert started is not None
        assert started.argv == ("claude", *args)
        assert started.session_id is None


def test_settings_of_the_persons_own_leave_no_room_for_ours() -> None:
    started = claude.launch(LaunchSpec(args=("--settings", "mine.json"), folder="/state/s1"))
    assert started.argv == ("claude", "--settings", "mine.json")
    assert started.files == {}


def test_resume_goes_by_id() -> None:
    started = claude.resume(LaunchSpec(session_id=ID, prompt="and the rest"))
    assert started is not None
    assert started.argv == ("claude", "--resume", ID, "--", "and the rest")
    assert started.session_id == ID


def test_resume_without_an_id_guesses_only_in_a_folder_of_its_own() -> None:
    own = claude.resume(LaunchSpec(own_folder=True))
    shared = claude.resume(LaunchSpec(own_folder=False))
    assert own is not None and own.argv == ("claude", "--continue")
    assert shared is not None and shared.argv == ("claude", "--resume")


def test_a_fork_gets_an_id_of_its_own() -> None:
    started = claude.fork(LaunchSpec(source_id=OTHER, session_id=ID))
    assert started is not None
    assert started.argv == ("claude", "--resume", OTHER, "--fork-session", "--session-id", ID)
    assert started.session_id == ID
    assert claude.fork(LaunchSpec(session_id=ID)) is None


def test_the_transcript_is_looked_for_where_claude_keeps_it() -> None:
    home = LaunchSpec(session_id=ID, env={"HOME": "/home/[a]"})
    moved = LaunchSpec(session_id=ID, env={"HOME": "/home/a", "CLAUDE_CONFIG_DIR": "/else"})
    assert claude.conversation(home) == f"/home/[[]a]/.claude/projects/*/{ID}.jsonl"
    assert claude.conversation(moved) == f"/else/projects/*/{ID}.jsonl"
    assert claude.conversation(LaunchSpec(env={"HOME": "/home/a"})) is None


def test_a_program_found_elsewhere_takes_the_place_of_the_name() -> None:
    assert claude.launch(LaunchSpec(command=("/opt/claude",))).argv == ("/opt/claude",)


@pytest.mark.parametrize("prompt", ["x" * 100_001, "a\0b"])
def test_a_task_that_cannot_be_an_argument_is_refused(prompt: str) -> None:
    with pytest.raises(UsageError):
        claude.launch(LaunchSpec(prompt=prompt))


def test_version() -> None:
    assert claude.version_argv() == ("--version",)
    assert claude.parse_version("2.1.330 (Claude Code)\n") == "2.1.330"


def test_where_claude_is_set_up() -> None:
    setup = claude.setup({"HOME": "/home/me"})
    assert setup is not None
    assert setup.files == ("/home/me/.claude/.credentials.json",)
    assert setup.notes == "/home/me/.claude.json"
    moved = claude.setup({"HOME": "/home/me", "CLAUDE_CONFIG_DIR": "/c"})
    assert moved is not None
    assert (moved.files, moved.notes) == (("/c/.credentials.json",), "/c/.claude.json")


TRUST = '"projects": {"/acme": {"hasTrustDialogAccepted": true}}'


@pytest.mark.parametrize(
    ("notes", "noted"),
    [
        ("", Noted(False, ("the first set-up", "trust in /acme"))),
        ("{broken", Noted(False, ("the first set-up", "trust in /acme"))),
        ("[1]", Noted(False, ("the first set-up", "trust in /acme"))),
        ('{"projects": {"/acme": 1}}', Noted(False, ("the first set-up", "trust in /acme"))),
        (f"{{{TRUST}}}", Noted(False, ("the first set-up",))),
        (f'{{"hasCompletedOnboarding": true, {TRUST}}}', Noted(False, ())),
        ('{"hasCompletedOnboarding": true, "oauthAccount": {}}', Noted(True, ("trust in /acme",))),
    ],
)
def test_what_its_notes_say(notes: str, noted: Noted) -> None:
    assert claude.parse_notes(notes, "/acme") == noted
    assert "trust in /acme" not in claude.parse_notes(notes, None).pending
