"""The one spawner of git: exit codes, time limits, clean messages."""

import os
import time
from pathlib import Path

import psutil
import pytest

from agentmux.errors import GitError, MissingTool
from agentmux.git.repo import Repo
from agentmux.git.run import (
    act,
    holds,
    look,
    parse_version,
    programs_of,
    require_git,
    settings_of,
)
from tests.support.cockpit import eventually
from tests.support.processes import has_ended
from tests.support.repo import git, write


def stand_in(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program in git's place; its output is what a real git could say."""
    program = write(folder / "bin/git", f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")


def test_output_comes_as_bytes(repo: Repo) -> None:
    write(repo.root / os.fsdecode(b"\xff"), "")
    assert look(repo.root, "ls-files", "-z", "--others") == b"\xff\0"


def test_input_goes_in_as_bytes(repo: Repo) -> None:
    blob = look(repo.root, "hash-object", "-w", "--no-filters", "--stdin", stdin=b"a\0b")
    assert look(repo.root, "cat-file", "blob", blob.decode().strip()) == b"a\0b"


def test_a_refusal_says_what_was_tried_and_gits_last_word(repo: Repo) -> None:
    with pytest.raises(GitError) as refused:
        look(repo.root, "rev-parse", "--verify", "no\x1b[31mred", doing="read the base")
    assert refused.value.message == "git could not read the base: Needed a single revision."


def test_what_git_repeats_of_outside_text_is_cleaned(repo: Repo) -> None:
    with pytest.raises(GitError) as refused:
        look(repo.root, "cat-file", "-p", os.fsdecode(b"no\x1b[31m\xff"))
    assert "\x1b" not in refused.value.message
    refused.value.message.encode()


def test_expected_exit_codes_are_no_refusal(repo: Repo) -> None:
    assert look(repo.root, "rev-parse", "--verify", "-q", "nothing", ok=(0, 1)) == b""


def test_questions_are_answered_by_exit_code(repo: Repo) -> None:
    assert holds(repo.root, "merge-base", "--is-ancestor", "HEAD", "HEAD")
    git(repo.root, "commit", "-qm", "two", "--allow-empty")
    assert not holds(repo.root, "merge-base", "--is-ancestor", "HEAD", "HEAD~1")
    with pytest.raises(GitError):
        holds(repo.root, "merge-base", "--is-ancestor", "HEAD", "nothing")


def test_a_caller_inside_a_hook_does_not_mislead(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert look(repo.root, "ls-files") == b"app.py\n"
    act(repo.root, "update-index", "--refresh", trusted=None)
    assert not (tmp_path / "index").exists()


def test_time_over_ends_git_and_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, f"sleep 300 & echo $! > {tmp_path}/child; wait", monkeypatch)
    before = time.monotonic()
    with pytest.raises(GitError, match=r"longer than 0\.3 s"):
        look(tmp_path, "version", limit_s=0.3)
    assert time.monotonic() - before < 10
    child = int((tmp_path / "child").read_text())
    eventually(lambda: has_ended(child), "the child of git has ended")


def test_time_over_asks_git_first_so_that_it_may_tidy_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, f"trap 'touch {tmp_path}/tidied; exit' TERM; sleep 300 & wait", monkeypatch)
    with pytest.raises(GitError, match="took longer"):
        look(tmp_path, "version", limit_s=0.5)
    assert (tmp_path / "tidied").exists()


def test_a_daemon_left_by_a_hook_does_not_hold_us_up(
    repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = f'[ "$4" = config ] || {{ sleep 60 & echo $! > {tmp_path}/daemon; }}'
    stand_in(tmp_path, script, monkeypatch)
    before = time.monotonic()
    try:
        act(repo.root, "gc", trusted=None)
        assert time.monotonic() - before < 30
    finally:
        psutil.Process(int((tmp_path / "daemon").read_text())).kill()


def test_the_persons_environment_is_used_to_act(repo: Repo, tmp_path: Path) -> None:
    hook = write(tmp_path / "post-checkout", f'#!/bin/sh\necho "$COLOUR" > "{tmp_path}/seen"\n')
    hook.chmod(0o755)
    git(repo.root, "config", "--global", "core.hooksPath", str(tmp_path))
    env = {**os.environ, "COLOUR": "green"}
    act(repo.root, "checkout", "-q", "-b", "other", trusted=None, env=env)
    assert (tmp_path / "seen").read_text() == "green\n"


def test_no_git_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    require_git.cache_clear()
    with pytest.raises(MissingTool, match="git was not found"):
        require_git()


def test_a_git_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, "echo git version 2.25.1", monkeypatch)
    require_git.cache_clear()
    with pytest.raises(MissingTool, match=r"2\.25\.1, agentmux needs 2\.32"):
        require_git()
    require_git.cache_clear()


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("git version 2.39.5 (Apple Git-154)", (2, 39, 5)),
        ("git version 2.45.windows.1", (2, 45)),
        ("git version unknown", ()),
    ],
)
def test_versions(text: str, version: tuple[int, ...]) -> None:
    assert parse_version(text) == version


def test_a_git_in_the_repository_is_not_ours(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    planted = write(repo.root / "git", "#!/bin/sh\necho planted\n")
    planted.chmod(0o755)
    monkeypatch.chdir(repo.root)
    monkeypatch.setenv("PATH", f".:{os.environ['PATH']}")
    assert look(repo.root, "rev-parse", "--is-bare-repository") == b"false\n"


def test_a_held_lock_is_named_with_what_to_do(repo: Repo) -> None:
    (repo.git_dir / "index.lock").touch()
    with pytest.raises(GitError) as refused:
        act(repo.root, "add", "app.py", trusted=None)
    assert "index.lock" in refused.value.message
    assert refused.value.hint and "Another git" in refused.value.hint


def test_broken_configuration_is_told(repo: Repo) -> None:
    (repo.git_dir / "config").write_text("[core\n")
    with pytest.raises(GitError, match="bad config line 1"):
        settings_of(repo.root)


def test_programs_a_repository_would_start_once_accepted(repo: Repo) -> None:
    git(repo.root, "config", "core.editor", "evil")
    git(repo.root, "config", "filter.x.smudge", 'evil "one"')
    git(repo.root, "config", "--global", "core.sshCommand", "mine")
    assert programs_of(repo.root) == 'filter.x.smudge = "evil \\"one\\""\n'
