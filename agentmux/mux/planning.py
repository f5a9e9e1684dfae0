"""What a new session will be: agent, name, size, and where it works; decided, nothing touched."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agentmux.agents import AGENTS
from agentmux.config import Config
from agentmux.core import events as e
from agentmux.core.fleet import Fleet
from agentmux.core.text import slug
from agentmux.errors import AgentmuxError, MissingTool, NeedsConfirmation, UsageError
from agentmux.git import naming
from agentmux.git.bases import choose_base
from agentmux.git.carry import require_carriable
from agentmux.git.changes import read_changes
from agentmux.git.repo import Repo, find_commit, find_repo
from agentmux.mux import arguments
from agentmux.mux.detect import find_program
from agentmux.mux.sessions import is_slot_or_id, require_name
from agentmux.mux.surroundings import Surroundings
from agentmux.paths import Places

SIZE = re.compile(r"(\d{1,3})x(\d{1,3})")
SMALLEST, LARGEST = (20, 5), (500, 200)


@dataclass(frozen=True)
class Place:
    """Where a session works."""

    repo: str
    worktree: str
    branch: str | None = None
    base: str | None = None
    base_commit: str | None = None
    here: bool = False


def choose_agent(args: Mapping[str, e.Json], around: Surroundings) -> tuple[str, str | None]:
    """Row of AGENTS and profile name; UsageError names the known ones."""
    config, profile = around.config, arguments.text(args, "profile")
    if profile is not None and profile not in config.profiles:
        raise _no_profile(profile, around)
    if arguments.words(args, "command"):
        return arguments.text(args, "agent") or "command", profile
    agent = arguments.text(args, "agent") or _agent_of(config, profile)
    if agent not in AGENTS:
        raise UsageError(
            f"There is no agent {agent!r}.",
            f"Known: {', '.join(sorted(AGENTS))}; any other command goes after `--`.",
        )
    return agent, profile


def _no_profile(profile: str, around: Surroundings) -> AgentmuxError:
    """What is to be done about a profile that is none, or is withheld."""
    if around.untrusted:
        return NeedsConfirmation(
            f"There is no profile {profile!r}, but {' and '.join(around.untrusted)} may have one"
            " and is not trusted.",
            "`agentmux trust` shows and accepts it.",
        )
    known = ", ".join(sorted(around.config.profiles)) or "none is configured"
    return UsageError(f"There is no profile {profile!r}.", f"Known: {known}.")


def require_installed(
    args: Mapping[str, e.Json], agent: str, profile: str | None, around: Surroundings
) -> None:
    """Raise MissingTool when the agent's own program is not on this machine.

    A command that the person named is not looked for: its failure shows in the pane, and the
    session is kept for another try.
    """
    named = profile is not None and around.config.profiles[profile].command
    adapter = AGENTS[agent]
    if named or arguments.words(args, "command") or not adapter.PROGRAMS:
        return
    if find_program(adapter, around.env) is None:
        raise MissingTool(
            f"{adapter.TITLE} is not installed.",
            f"Install it with: {adapter.INSTALL}" if adapter.INSTALL else None,
        )


def _agent_of(config: Config, profile: str | None) -> str:
    """The agent a profile is for; one with a command of its own needs no other."""
    if profile is not None:
        chosen = config.profiles[profile]
        if chosen.agent or chosen.command:
            return chosen.agent or "command"
    return config.default_agent or "claude"


def free_name(fleet: Fleet, wanted: str | None, otherwise: str) -> str:
    """The name asked for, if it is free; else one made from the task or agent, numbered."""
    taken = {s.name for s in fleet.present}
    if wanted is not None:
        require_name(wanted)
        if wanted in taken:
            raise UsageError(
                f"A session is called {wanted!r} already.", "Choose another name with --name."
            )
        return wanted
    plain = slug(otherwise, 30)
    plain = f"task-{plain}" if is_slot_or_id(plain) else plain
    names = (plain if n == 1 else f"{plain}-{n}" for n in range(1, 1 + len(taken) + 1))
    return next(name for name in names if name not in taken)


def pane_size(args: Mapping[str, e.Json], config: Config) -> tuple[int, int]:
    """Columns and rows to start the pane with."""
    value = args.get("size")
    if isinstance(value, list) and len(value) == 2:
        value = f"{value[0]}x{value[1]}"
    if value is None:
        return config.panes.size
    found = SIZE.fullmatch(str(value))
    size = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (SMALLEST[0] <= size[0] <= LARGEST[0] and SMALLEST[1] <= size[1] <= LARGEST[1]):
        raise UsageError(
            f"The size {value} is not one of COLSxROWS between 20x5 and 500x200.",
            "For example --size 120x40.",
        )
    return size


def plan_place(
    args: Mapping[str, e.Json], around: Surroundings, places: Places, word: str, slot: int
) -> Place:
    """Repository, branch, base and folder of a new session; blocks (asks git, may fetch)."""
    if arguments.flag(args, "here"):
        return _here(around.cwd)
    repo = find_repo(Path(around.cwd))
    config = around.config.worktree
    wished = _wished_base(args, around)
    base = choose_base(repo, wished, fetch=config.fetch, trusted=around.programs, env=around.env)
    if arguments.flag(args, "carry"):
        changes = read_changes(repo.worktree)
        require_carriable(repo.worktree, changes.unsettled, changes.head, base.commit)
    branch = _branch(repo, args, config.branch_template, word, slot)
    folder = naming.plan_place(
        repo,
        word,
        data_dir=places.data,
        template=config.root or naming.PLACE,
        branch=branch,
        slot=slot,
    )
    return Place(str(repo.root), str(folder), branch, base.name, base.commit)


def _branch(repo: Repo, args: Mapping[str, e.Json], template: str, word: str, slot: int) -> str:
    """The branch asked for, if it is free and well-formed; else one from the template."""
    wanted = arguments.text(args, "branch")
    if wanted is None:
        return naming.plan_branch(repo, word, template=template, slot=slot)
    naming.require_branch_name(repo, wanted)
    if find_commit(repo.git_dir, f"refs/heads/{wanted}") is not None:
        raise UsageError(
            f"The branch {wanted!r} exists already.",
            f"Choose another name, or start from it: --base {wanted}",
        )
    if (other := naming.branch_in_the_way(repo, wanted)) is not None:
        raise UsageError(
            f"There can be no branch {wanted!r} beside the branch {other!r}.",
            "Choose another name with --branch.",
        )
    return wanted


def _wished_base(args: Mapping[str, e.Json], around: Surroundings) -> str:
    """The base asked for or configured; with --carry what is checked out."""
    wished = arguments.text(args, "base")
    if wished is not None:
        return wished
    if arguments.flag(args, "carry"):
        return "head"
    return around.config.worktree.base


def _here(cwd: str) -> Place:
    """The person's own checkout, or any folder: no worktree or branch of ours."""
    try:
        repo = find_repo(Path(cwd))
    except AgentmuxError:
        return Place(repo=cwd, worktree=cwd, here=True)
    branch = read_changes(repo.worktree).branch
    return Place(repo=str(repo.root), worktree=str(repo.worktree), branch=branch, here=True)
