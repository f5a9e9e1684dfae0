"""The two environments: nothing planted runs when we look, or act on an untrusted repository."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from agentmux.git.bases import choose_base, fetch_base
from agentmux.git.carry import carry
from agentmux.git.changes import read_changes, unmerged_work
from agentmux.git.environment import (
    Setting,
    act_env,
    look_env,
    needed_programs,
    parse_settings,
    repository_programs,
)
from agentmux.git.include import copy_included, link_shared
from agentmux.git.repo import Repo, find_repo, ref_names
from agentmux.git.run import hash_of, look, programs_of
from agentmux.git.snapshot import keep
from agentmux.git.worktrees import add_worktree, list_worktrees, remove_worktree
from tests.support.repo import git, head, make_repo, plant, write


def overrides(env: dict[str, str]) -> list[tuple[str, str]]:
    count = int(env.get("GIT_CONFIG_COUNT", "0"))
    return [(env[f"GIT_CONFIG_KEY_{i}"], env[f"GIT_CONFIG_VALUE_{i}"]) for i in range(count)]


def test_looking_drops_what_names_another_repository() -> None:
    inherited = {"HOME": "/h", "GIT_DIR": "/x", "GIT_INDEX_FILE": "/i", "GIT_CONFIG_GLOBAL": "/g"}
    env = look_env({**inherited, "GIT_CONFIG_PARAMETERS": "'core.pager'='x'"}, [])
    assert {"GIT_DIR", "GIT_INDEX_FILE", "GIT_CONFIG_PARAMETERS"}.isdisjoint(env)
    assert env["HOME"] == "/h"
    assert env["GIT_CONFIG_GLOBAL"] == "/g"
    assert env["GIT_OPTIONAL_LOCKS"] == "0"


def test_acting_keeps_who_the_person_is_and_nothing_of_a_caller_in_a_hook() -> None:
    inherited = {"GIT_DIR": "/x", "GIT_WORK_TREE": "/w", "GIT_SSH_COMMAND": "ssh -F f"}
    env = act_env({**inherited, "LC_ALL": "de_DE.UTF-8", "SSH_ASKPASS": "ask"}, [], trusted=False)
    assert {"GIT_DIR", "GIT_WORK_TREE", "SSH_ASKPASS", "LC_ALL"}.isdisjoint(env)
    assert env["GIT_SSH_COMMAND"] == "ssh -F f"
    assert (env["LC_CTYPE"], env["LC_MESSAGES"]) == ("de_DE.UTF-8", "C")
    assert overrides(env) == [("core.hooksPath", os.devnull), ("credential.helper", "")]


def test_every_driver_that_is_named_is_overridden() -> None:
    settings = [
        Setting("local", "filter.a.b\nc.Clean", "evil"),
        Setting("global", "diff.x.textconv", "evil"),
        Setting("local", "user.name", "Ada"),
    ]
    found = overrides(look_env({}, settings))
    assert ("filter.a.b\nc.Clean", "") in found
    assert ("diff.x.textconv", "cat") in found
    assert "user.name" not in dict(found)


def test_untrusted_programs_give_way_to_the_persons_own() -> None:
    settings = [
        Setting("global", "core.sshcommand", "mine"),
        Setting("global", "credential.helper", "store"),
        Setting("local", "core.sshcommand", "theirs"),
        Setting("local", "core.editor", "theirs"),
        Setting("worktree", "credential.https://x.helper", "theirs"),
        Setting("global", "filter.lfs.clean", "git-lfs clean"),
    ]
    found = overrides(act_env({}, settings, trusted=False))
    assert found == [
        ("core.hooksPath", os.devnull),
        ("core.editor", "true"),
        ("core.sshcommand", "mine"),
        ("credential.helper", ""),
        ("credential.helper", "store"),
    ]
    assert repository_programs(settings) == (
        "core.editor",
        "core.sshcommand",
        "credential.https://x.helper",
    )


def test_trusted_programs_are_set_to_what_was_read_and_no_others() -> None:
    settings = [
        Setting("global", "core.sshcommand", "mine"),
        Setting("global", "credential.helper", "store"),
        Setting("local", "core.sshcommand", "theirs"),
        Setting("local", "core.editor", "theirs"),
        Setting("local", "core.hookspath", "theirs"),
        Setting("local", "core.fsmonitor", "theirs"),
        Setting("worktree", "credential.https://x.helper", "theirs"),
        Setting("local", "filter.a\nb.smudge", "old"),
        Setting("local", "filter.a\nb.smudge", "new"),
    ]
    found = overrides(act_env({}, settings, trusted=True))
    assert found == [
        ("core.hooksPath", os.devnull),
        ("core.editor", "true"),
        ("core.fsmonitor", "false"),
        ("core.hookspath", os.devnull),
        ("core.sshcommand", "theirs"),
        ("filter.a\nb.smudge", "new"),
        ("credential.helper", ""),
        ("credential.helper", "store"),
        ("credential.https://x.helper", "theirs"),
    ]
    assert needed_programs(settings) == (
        'core.sshcommand = "theirs"\n'
        'credential.https://x.helper = "theirs"\n'
        'filter.a\\nb.smudge = "old"\n'
        'filter.a\\nb.smudge = "new"\n'
    )


def test_settings_are_read_with_scope_and_newlines() -> None:
    listing = b"global\0user.name\nA\nB\0local\0core.bare\0"
    assert parse_settings(listing) == [
        Setting("global", "user.name", "A\nB"),
        Setting("local", "core.bare", "true"),
    ]


LOOKS: dict[str, Callable[[Repo, Path], object]] = {
    "find": lambda repo, _: find_repo(repo.root),
    "names": lambda repo, _: ref_names(repo),
    "list": lambda repo, _: list_worktrees(repo),
    "status": lambda _, worktree: read_changes(worktree, base="main"),
    "work": lambda repo, worktree: unmerged_work(repo, worktree=worktree, branch="agentmux/one"),
    "keep": lambda _, worktree: keep(worktree, "refs/agentmux/removed/s1"),
    "carry": lambda repo, worktree: carry(repo.root, worktree),
    "diff": lambda _, worktree: look(worktree, "diff", "HEAD"),
    "log": lambda _, worktree: look(worktree, "log", "-p", "--all"),
    "add": lambda repo, place: add_worktree(repo, place / "../two", "two", head(repo.root)),
    "remove": lambda repo, worktree: remove_worktree(repo, worktree, branch="agentmux/one"),
    "fetch": lambda repo, _: fetch_base(repo, "origin", "main"),
    "base": lambda repo, _: choose_base(repo),
    "include": lambda repo, worktree: (copy_included(repo, worktree), link_shared(repo, worktree)),
}


@pytest.mark.parametrize("call", LOOKS.values(), ids=LOOKS.keys())
def test_a_hostile_repository_runs_nothing(
    repo: Repo, worktree: Path, tmp_path: Path, call: Callable[[Repo, Path], object]
) -> None:
    write(repo.root / ".worktreeinclude", ".env\n")
    write(repo.root / ".worktreelink", "deps/\n")
    write(repo.root / ".env", "KEY=1\n")
    write(repo.root / ".git/info/exclude", ".env\ndeps/\n")
    mark = tmp_path / "ran"
    plant(repo, mark)
    git(repo.root, "update-ref", "refs/remotes/origin/main", "HEAD")
    git(repo.root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    for folder in (repo.root, worktree):
        write(folder / ".gitattributes", "*.py filter=evil diff=evil merge=evil\n")
        write(folder / "app.py", "print('other')\n")
        write(folder / "new.py", "new\n")
    mark.unlink(missing_ok=True)
    call(repo, worktree)
    assert not mark.exists(), mark.read_text()


def test_the_planted_programs_do_run_for_plain_git(
    repo: Repo, worktree: Path, tmp_path: Path
) -> None:
    """Or the test above would prove nothing."""
    mark = tmp_path / "ran"
    plant(repo, mark)
    mark.unlink(missing_ok=True)
    git(worktree, "status")
    assert mark.exists()


def test_once_accepted_the_repositorys_filters_run_until_they_change(
    repo: Repo, tmp_path: Path
) -> None:
    """Its hooks never: what is accepted is settings, and hooks are files."""
    hook = write(repo.git_dir / "hooks/post-checkout", f"#!/bin/sh\ntouch '{tmp_path}/hooked'\n")
    hook.chmod(0o755)
    git(repo.root, "config", "filter.shout.smudge", "tr a-z A-Z")
    write(repo.git_dir / "info/attributes", "app.py filter=shout\n")
    start = head(repo.root)
    quiet = add_worktree(repo, tmp_path / "quiet", "quiet", start)
    assert (quiet.path / "app.py").read_text() == "print('hello')\n"
    assert not (tmp_path / "hooked").exists()
    trusted = hash_of(programs_of(repo.root))
    loud = add_worktree(repo, tmp_path / "loud", "loud", start, trusted=trusted)
    assert (loud.path / "app.py").read_text() == "PRINT('HELLO')\n"
    git(repo.root, "config", "filter.shout.smudge", f"touch '{tmp_path}/hooked'; cat")
    changed = add_worktree(repo, tmp_path / "changed", "changed", start, trusted=trusted)
    assert (changed.path / "app.py").read_text() == "print('hello')\n"
    assert not (tmp_path / "hooked").exists()


def test_the_persons_own_filter_runs_without_trust(repo: Repo, tmp_path: Path) -> None:
    """As Git LFS must: it is installed in the person's configuration."""
    git(repo.root, "config", "--global", "filter.shout.smudge", "tr a-z A-Z")
    write(repo.git_dir / "info/attributes", "app.py filter=shout\n")
    made = add_worktree(repo, tmp_path / "two", "two", head(repo.root))
    assert (made.path / "app.py").read_text() == "PRINT('HELLO')\n"


def test_a_submodules_own_configuration_runs_nothing(tmp_path: Path) -> None:
    part = make_repo(tmp_path / "part")
    repo = make_repo(tmp_path / "whole")
    git(repo.root, "-c", "protocol.file.allow=always", "submodule", "add", str(part.root), "part")
    git(repo.root, "commit", "-qm", "Add part")
    mark = tmp_path / "ran"
    plant(find_repo(repo.root / "part"), mark)
    write(repo.root / "part/app.py", "changed\n")
    mark.unlink(missing_ok=True)
    assert read_changes(repo.root).dirty == 1
    keep(repo.root, "refs/agentmux/removed/s1")
    assert not mark.exists(), mark.read_text()
