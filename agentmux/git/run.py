"""The one spawner of git: argv and bytes in, bytes out, GitError when git refuses.

`look` reads and runs nothing that any configuration names; `act` changes things as the person
would at their own prompt, minus what a repository brings along unaccepted (`environment`). The
configuration is read anew for every call that could meet a filter or driver: that costs one
process of 2 ms and leaves no moment in which a setting just planted is believed absent.
"""

import hashlib
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from agentmux.core.text import clean
from agentmux.errors import GitError, MissingTool
from agentmux.git.environment import (
    Setting,
    act_env,
    look_env,
    needed_programs,
    parse_settings,
)

LOOK_LIMIT_S = 30.0
ACT_LIMIT_S = 300.0
GRACE_S = 2.0
"""How long git may tidy up after itself (its lock files) when its time is over."""

NEEDED = (2, 32)
"""The first git with everything used here."""

# fmt: off
DRIVERLESS = frozenset((
    "cat-file", "check-attr", "check-ignore", "check-ref-format", "commit-tree", "config",
    "for-each-ref", "hash-object", "ls-tree", "merge-base", "rev-list", "rev-parse",
    "symbolic-ref", "update-ref", "version", "worktree",
))
# fmt: on
"""Commands that meet no filter and no driver, so that the fixed overrides are enough.

`hash-object` is only ever called with `--no-filters`. `write-tree` is not among them: whatever
writes an index compares files that are as new as it, through their filters (seen).
"""

DIFFS = frozenset(("diff", "diff-files", "diff-index", "diff-tree", "log", "show"))


def look(
    folder: Path,
    *argv: str,
    doing: str | None = None,
    stdin: bytes | None = None,
    ok: Collection[int] = (0,),
    limit_s: float = LOOK_LIMIT_S,
    also: Mapping[str, str] | None = None,
) -> bytes:
    """Output of a git command that reads, or that writes nothing but what is our own.

    `also` is added to the environment last: another index, an author.

    `doing` completes the sentence "git could not …"; exit codes other than `ok` raise GitError.
    """
    settings = [] if argv[0] in DRIVERLESS else settings_of(folder)
    if argv[0] in DIFFS:
        argv = (argv[0], "--no-ext-diff", "--no-textconv", *argv[1:])
    around = {**look_env(os.environ, settings), **(also or {})}
    code, out, err = _run(folder, argv, around, stdin, limit_s)
    if code not in ok:
        raise _refusal(argv, doing, code, err)
    return out


def holds(folder: Path, *argv: str) -> bool:
    """Whether a git command that answers by its exit code says yes (0) or no (1)."""
    code, _, err = _run(folder, argv, look_env(os.environ, []), None, LOOK_LIMIT_S)
    if code not in (0, 1):
        raise _refusal(argv, None, code, err)
    return code == 0


def act(
    folder: Path,
    *argv: str,
    trusted: str | None,
    env: Mapping[str, str] | None = None,
    doing: str | None = None,
    ok: Collection[int] = (0,),
    limit_s: float = ACT_LIMIT_S,
) -> None:
    """Run a git command that changes something, as the person would run it.

    `env` is the person's environment where it is not this process's own. `trusted` is the hash
    the person accepted of the repository's programs (`programs_of`), which run only if it fits.
    """
    person = os.environ if env is None else env
    settings = _settings(folder, act_env(person, [], trusted=False))
    around = act_env(person, settings, trusted=trusted == hash_of(needed_programs(settings)))
    # Into a file: a hook may leave a daemon behind that keeps a pipe open long after git is done.
    with tempfile.TemporaryFile() as said:
        code, _, _ = _run(folder, argv, around, None, limit_s, said.fileno())
        said.seek(0)
        if code not in ok:
            raise _refusal(argv, doing, code, said.read())


def settings_of(folder: Path) -> list[Setting]:
    """The settings in force in `folder`, weakest first, but for the machine's."""
    return _settings(folder, look_env(os.environ, []))


def _settings(folder: Path, env: Mapping[str, str]) -> list[Setting]:
    argv = ("config", "--list", "-z", "--show-scope")
    code, out, err = _run(folder, argv, env, None, LOOK_LIMIT_S)
    if code != 0:
        raise _refusal(argv, "read its configuration", code, err)
    return [s for s in parse_settings(out) if s.scope != "command"]


def programs_of(folder: Path) -> str:
    """Settings by which this repository would start programs when we act, once its person accepts
    them: a line each, empty when there are none."""
    return needed_programs(settings_of(folder))


def hash_of(programs: str) -> str:
    """What stands for having accepted exactly these `programs`."""
    return hashlib.sha256(programs.encode()).hexdigest()


@cache
def require_git() -> tuple[int, ...]:
    """git's version; MissingTool when there is none or it is too old."""
    needed = ".".join(map(str, NEEDED))
    hint = f"Install git {needed} or newer, then try again."
    _, out, _ = _run(Path("/"), ("version",), look_env(os.environ, []), None, LOOK_LIMIT_S)
    found = parse_version(out.decode(errors="replace"))
    if found < NEEDED:
        seen = ".".join(map(str, found)) or "unknown"
        raise MissingTool(f"git is too old: {seen}, agentmux needs {needed}.", hint)
    return found


def parse_version(text: str) -> tuple[int, ...]:
    """`git version 2.39.5 (Apple Git-154)` → (2, 39, 5); empty when there is no number."""
    found = re.search(r"\d+(\.\d+)+", text)
    return tuple(int(part) for part in found.group().split(".")) if found else ()


def shown(outside: object) -> str:
    """A path or name from outside, fit for one line of a message."""
    return clean(str(outside), one_line=True)


def _run(
    folder: Path,
    argv: tuple[str, ...],
    env: Mapping[str, str],
    stdin: bytes | None,
    limit_s: float,
    output: int = subprocess.PIPE,
) -> tuple[int, bytes, bytes]:
    """Exit code, output and complaints of one git; its whole process group ends with its time."""
    try:
        process = subprocess.Popen(
            ["git", "--no-pager", "-C", str(folder.absolute()), *argv],
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=output,
            stderr=output,
            env=env,
            cwd="/",  # a relative entry of PATH must not find a `git` inside the repository
            start_new_session=True,  # no terminal to ask questions on, and one group to end
        )
    except FileNotFoundError:
        raise MissingTool("git was not found.", "Install git, then try again.") from None
    with process:
        try:
            out, err = process.communicate(stdin, timeout=limit_s)
        except subprocess.TimeoutExpired:
            _end(process)
            raise GitError(
                f"git {argv[0]} took longer than {limit_s:g} s and was ended.",
                "Try again; if it stays slow, look at the repository with git itself.",
            ) from None
        except BaseException:
            _end(process)
            raise
    return process.returncode, out or b"", err or b""


def _end(process: subprocess.Popen[bytes]) -> None:
    """End git and its children: asked first, so that it takes its lock files away."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=GRACE_S)


def _refusal(argv: tuple[str, ...], doing: str | None, code: int, err: bytes) -> GitError:
    lines = [line for line in err.decode("utf-8", "surrogateescape").splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    said = (fatal or lines or [f"exit code {code}"])[-1]
    said = shown(said.removeprefix("fatal: ").removeprefix("error: "))
    return GitError(f"git could not {doing or argv[0]}: {said.rstrip('.')}.", _hint(said))


def _hint(said: str) -> str | None:
    """What to type next, for the few refusals with one known cure."""
    if ".lock': File exists" in said or "Another git process" in said:
        return "Another git is at work there, or one was killed: wait, or remove the lock it names."
    if "dubious ownership" in said:
        return "If it is yours: git config --global --add safe.directory FOLDER"
    if "No space left on device" in said:
        return "Free some disk space, then try again."
    return None
