"""The two environments git is called in: *look*, where nothing configured may run, and *act*.

git runs programs that its configuration names: filters, drivers, hooks, fsmonitor, ssh commands.
A repository brings such configuration along, so one table, `PROGRAMS`, names every setting that
starts a program, with the value that starts none. Looking overrides each of them wherever it was
set; acting overrides those set by the repository itself, but for what a checkout or a fetch needs
once the person has accepted it. The overrides travel by GIT_CONFIG_COUNT, the last and strongest
place git reads. Source: `docs/design/safety.md` 2.
"""

import json
import os
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Setting(NamedTuple):
    """One entry of git's configuration: where it was set, its full name, its value."""

    scope: str
    """`system`, `global`, `local`, `worktree` or `command`."""
    name: str
    value: str


PROGRAMS: tuple[tuple[str, str], ...] = (
    (r"filter\..*\.(clean|smudge|process)", ""),
    (r"filter\..*\.required", "false"),
    (r"diff\..*\.command", "false"),
    (r"diff\..*\.textconv", "cat"),
    (r"merge\..*\.driver", "false"),
    (r"gpg(\..*)?\.program", "false"),
    (r"gpg\.ssh\.defaultkeycommand", "false"),
    (r"trailer\..*\.(cmd|command)", "false"),
    (r"submodule\..*\.update", "none"),
    (r"pager\..*", "false"),
    (r"protocol\.ext\.allow", "never"),
    (r"core\.alternaterefscommand", "true"),
    (r"core\.fsmonitor", "false"),
    (r"core\.hookspath", os.devnull),
    (r"core\.sshcommand", "ssh"),
    (r"core\.pager", "cat"),
    (r"core\.(askpass|editor)", "true"),
    (r"sequence\.editor", "true"),
    (r"interactive\.difffilter", "cat"),
    (r"diff\.external", ""),
)
"""Pattern of a setting that starts a program → the value that starts none of the setting's own.

`false` is a program that refuses: a merge driver that is not trusted gives no verdict.
"""

CREDENTIALS = r"credential\.(.*\.)?helper"
"""Apart from `PROGRAMS`, for these add up: an empty one first forgets all that came before."""

NEEDED_ACTING = rf"filter\..*\.(clean|smudge|process|required)|core\.sshcommand|{CREDENTIALS}"
"""What a checkout or a fetch needs, and a repository may therefore set once that is accepted.

Without a filter of the repository's own, encrypted or large files come out as they are stored;
without its ssh command or credentials, a private remote is not reached. Hooks are not among them:
they are files, and what is accepted is settings.
"""

LOOK_SETTINGS: tuple[tuple[str, str], ...] = (
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("core.pager", "cat"),
    ("core.sshCommand", "ssh"),
    ("core.askPass", "true"),
    ("core.editor", "true"),
    ("core.alternateRefsCommand", "true"),
    ("core.splitIndex", "false"),
    ("core.safecrlf", "false"),
    ("core.fsync", "committed,loose-object,reference"),  # what is kept outlives a power cut
    ("core.logAllRefUpdates", "false"),
    ("core.filesRefLockTimeout", "10500"),  # ms; an agent may be committing
    ("core.packedRefsTimeout", "10500"),
    ("diff.external", ""),
    ("diff.ignoreSubmodules", "dirty"),
    ("protocol.allow", "never"),
    ("protocol.ext.allow", "never"),
    ("credential.helper", ""),
    ("log.showSignature", "false"),
    ("commit.gpgSign", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("merge.default", "text"),
    ("submodule.recurse", "false"),
    ("status.submoduleSummary", "false"),
    ("color.ui", "false"),
)
"""What looking always sets, whatever the configuration says."""

LOOK_VARIABLES = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_ALLOW_PROTOCOL": "none",  # git before 2.45 does not know GIT_NO_LAZY_FETCH
    "GIT_EDITOR": "true",
    "GIT_SEQUENCE_EDITOR": "true",
    "GIT_MERGE_AUTOEDIT": "no",
    "LC_ALL": "C",
}

ACT_VARIABLES = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",  # empty, not absent: git then asks nobody and fails at once
    "SSH_ASKPASS_REQUIRE": "never",
    "GIT_EDITOR": "true",
    "GIT_MERGE_AUTOEDIT": "no",
    "LC_MESSAGES": "C",  # "initializing" is read back by `worktrees`
    "LANGUAGE": "",
}

KEPT_LOOKING = ("GIT_CONFIG_GLOBAL", "GIT_EXEC_PATH")
KEPT_ACTING = re.compile(
    r"GIT_(CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)|EXEC_PATH|SSH|SSH_COMMAND|SSH_VARIANT|SSL_\w+|HTTP_\w+"
    r"|PROXY_\w+|ALLOW_PROTOCOL|(AUTHOR|COMMITTER)_(NAME|EMAIL))"
)
"""Of the GIT_ variables of the caller: those that say who the person is and how to reach a
remote. None that name a repository, index or object store: a caller may itself run in a hook."""


def look_env(inherited: Mapping[str, str], settings: Iterable[Setting]) -> dict[str, str]:
    """The environment to read in; `settings` are all that are configured for the repository."""
    env = {k: v for k, v in inherited.items() if not k.startswith("GIT_") or k in KEPT_LOOKING}
    overrides = [*LOOK_SETTINGS]
    for setting in settings:
        neutral = _neutral(setting.name)
        if neutral is not None:
            overrides.append((setting.name, neutral))
    return {**env, **LOOK_VARIABLES, **_by_count(overrides)}


def act_env(
    inherited: Mapping[str, str], settings: Iterable[Setting], *, trusted: bool
) -> dict[str, str]:
    """The environment to change things in: the person's own, as at their own prompt.

    Each program the repository itself names is overridden by what the person's own configuration
    names, or by none; when it is `trusted`, what acting needs is set to the very value read.
    """
    env = {
        k: v for k, v in inherited.items() if not k.startswith("GIT_") or KEPT_ACTING.fullmatch(k)
    }
    env.pop("SSH_ASKPASS", None)
    if "LC_ALL" in env:  # it would outrank LC_MESSAGES
        env["LC_CTYPE"] = env.pop("LC_ALL")
    env.update(ACT_VARIABLES)
    env.setdefault("GIT_PROXY_COMMAND", "")  # outranks core.gitProxy, whose first entry wins
    return {**env, **_by_count(_acting(list(settings), trusted))}


def repository_programs(settings: Iterable[Setting]) -> tuple[str, ...]:
    """Names of the settings by which the repository itself would start programs, sorted."""
    names = {s.name for s in settings if _is_local(s) and _starts_program(s.name)}
    return tuple(sorted(names))


def needed_programs(settings: Iterable[Setting]) -> str:
    """What the repository itself sets of `NEEDED_ACTING`, a line each, in git's order.

    This text is what the person reads, and its hash what they accept; ASCII, each line one setting.
    """
    return "".join(
        f"{json.dumps(s.name)[1:-1]} = {json.dumps(s.value)}\n" for s in settings if _is_needed(s)
    )


def _is_needed(setting: Setting) -> bool:
    return _is_local(setting) and bool(re.fullmatch(NEEDED_ACTING, setting.name.lower(), re.S))


def _acting(settings: list[Setting], trusted: bool) -> list[tuple[str, str]]:
    own: dict[str, str] = {}
    helpers: list[tuple[str, str]] = []
    for setting in settings:
        if _is_local(setting) and not (trusted and _is_needed(setting)):
            continue
        own[setting.name] = setting.value
        if re.fullmatch(CREDENTIALS, setting.name.lower()):
            helpers.append((setting.name, setting.value))
    # Hooks need no setting to run: those in the repository's own folder are the default.
    overrides = [("core.hooksPath", own.get("core.hookspath", os.devnull))]
    for name in repository_programs(settings):
        neutral = _neutral(name)
        if neutral is not None:
            overrides.append((name, own.get(name, neutral)))
    return [*overrides, ("credential.helper", ""), *helpers]


def _is_local(setting: Setting) -> bool:
    return setting.scope in ("local", "worktree")


def _starts_program(name: str) -> bool:
    return _neutral(name) is not None or bool(re.fullmatch(CREDENTIALS, name.lower(), re.S))


def _neutral(name: str) -> str | None:
    """The value that makes setting `name` start nothing; None when it never starts anything."""
    lower = name.lower()
    for pattern, value in PROGRAMS:
        if re.fullmatch(pattern, lower, re.S):
            return value
    return None


def _by_count(overrides: list[tuple[str, str]]) -> dict[str, str]:
    env = {"GIT_CONFIG_COUNT": str(len(overrides))}
    for index, (name, value) in enumerate(overrides):
        env[f"GIT_CONFIG_KEY_{index}"] = name
        env[f"GIT_CONFIG_VALUE_{index}"] = value
    return env


def parse_settings(listing: bytes) -> list[Setting]:
    """What `git config --list -z --show-scope` printed; a name without a value counts as `true`."""
    fields = listing.split(b"\0")[:-1]
    settings = []
    for scope, entry in zip(fields[::2], fields[1::2], strict=True):
        name, equals, value = entry.partition(b"\n")
        settings.append(
            Setting(scope.decode(), os.fsdecode(name), os.fsdecode(value) if equals else "true")
        )
    return settings
