"""Write `docs/reference/` from the tables and docstrings of the program: `./run docs [--check]`.

Nothing in the reference is written by hand, so it cannot say anything but what the program does.
"""

import argparse
import ast
import dataclasses
import re
import sys
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import click

from agentmux import cli, errors
from agentmux.agents import AGENTS
from agentmux.cli import output
from agentmux.config import settings as config
from agentmux.core import charges, events, recorded, session, state, waiting
from agentmux.ledger.schema import MIGRATIONS
from agentmux.mux.launch import session_variables
from agentmux.report.figures import DEFINITIONS
from agentmux.report.money import BILL_FIELDS
from agentmux.report.sessions import session_row
from agentmux.ui.keymap import KEYMAP

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "reference"
NOTICE = "<!-- Written by `./run docs`; change the program, not this file. -->"
LEVELS = ("pane only", "screen rules", "hooks", "usage as well")

JSON_TYPES = {
    "str": "string", "int": "number", "float": "number", "bool": "true or false",
    "datetime": "time", "SessionState": "word", "tuple[str, ...]": "list of strings",
}  # fmt: skip
"""Annotation of a field → what JSON holds for it."""

OBJECTS = {
    "new, resume, stop, restart, rename, fork, rm": "`session`: one as in `ls`",
    "wait": "`sessions`: as in `ls`",
    "send": "`session`: its id; `bytes`: how many were sent",
    "screen": "`cols`, `rows`, `cursor` (column and row from 0, or null), `lines`, `title`, "
    "`alternate`",
    "up, down": "`leader`: `pid`, `alive`",
    "trust": "`trusted`: list of `path`, `sha256`",
    "doctor": "`ok`; `checks`: list of `id`, `level` (ok, warn or fail), `message`, `fix`",
    "keys": "`keys`: list of `id`, `keys`, `help`, `group`, `where`, `mode`",
    "config show, config explain": "`settings`: list of `key`, `value`, `origin`",
    "agents": "`agents`: list of `name`, `title`, `installed`, `path`, `version`, `level`, "
    "`install`",
    "profiles": "`profiles`: list of `name`, `agent`, `command`, `args`, `env` and `deny_env` "
    "(names only)",
    "themes": "`themes`: list of `name`",
    "report": "`by`, `window` (`since`, `until`), `rows`, `total`, `definitions`, `gaps`; with "
    "`--check` `ok` and `checks` (`id`, `ok`, `message`)",
    "budget": "`over`; `windows`: list of `window` (day or session), `period`, `profile`, "
    "`session`, `spent_usd`, `certain`, `reserved_usd`, `limit_usd`, `level` (ok, warning or over)",
    "events": "`events`: list of rows as `watch --jsonl` prints them",
    "watch --jsonl": "one a line, without `schema`: `id`, `at`, `session`, `kind`, then the "
    "fields of that [event](events.md); a field `kind` is called `state_kind` or `ask_kind`",
    "ledger verify": "`ok`, `rows` (how many), `damages`: list of `row` (or null), `message`",
    "ledger export": "one a line, without `schema`: `id`, `at`, `session`, `kind`, `body`, `chain`",
    "ledger path": "`path`",
    "demo": "`simulated`, `sessions`, `seconds`, `states_seen`, `answered`, `exit_codes` (by "
    "session), `changed_paths`, `left_behind` (by kind)",
}
"""Verbs → what their JSON object holds besides `schema`."""

READ = {
    "AGENTMUX_HOME": "Moves configuration, data, state, cache and runtime below this folder. Two "
    "homes never meet: each has its own tmux server and ledger.",
    "AGENTMUX_CONFIG": "File to read in place of the person's own `config.toml`.",
    "AGENTMUX_TMUX": "Another tmux program.",
    "AGENTMUX_THEME": "Theme of this start; wins over the configuration.",
    "AGENTMUX_COLOR": "`never`, `always` or `auto`; wins over `NO_COLOR`.",
    "AGENTMUX_TRACEBACK": "Any value: a fault of agentmux shows where it is.",
    "NO_COLOR": "Any value: no colour.",
    "COLORFGBG": "What theme `auto` goes by where the terminal does not tell its background.",
    "XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME, XDG_CACHE_HOME, XDG_RUNTIME_DIR": "Where the "
    "folders are without `AGENTMUX_HOME`; relative values are ignored.",
    "SHELL": "The shell of `t` and of the agent `shell`.",
    "VISUAL, EDITOR": "The editor of `e`.",
}
"""Variables that agentmux reads → what they decide."""

TOLD = {
    "AGENTMUX": "Always 1: this program runs in a session.",
    "AGENTMUX_SESSION": "Id of the session.",
    "AGENTMUX_SLOT": "Its slot.",
    "AGENTMUX_WORKTREE": "Folder the agent works in.",
    "AGENTMUX_REPO_ROOT": "Main checkout of the repository.",
    "AGENTMUX_BRANCH": "Branch it was given; empty without one.",
    "AGENTMUX_BASE": "What that branch was cut from.",
    "AGENTMUX_AGENT": "Row of the table of agents.",
    "AGENTMUX_HOOKS": "Folder into which the agent's hooks put what they are given.",
    "AGENTMUX_PORT_BASE": "First of ten port numbers that no other slot gets.",
}
"""Variables inside a session → what they say."""


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; bars in cells are escaped."""
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *(list(row) for row in rows)]
    escaped = ([cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in escaped)


def code(text: object) -> str:
    """`text` as code in Markdown, whatever backticks it holds."""
    fence = "``" if "`" in str(text) else "`"
    pad = " " if fence == "``" else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]


def paragraph(text: str | None) -> str:
    """The whole text on one line."""
    return " ".join((text or "").split())


def field_docs(source: str) -> dict[str, dict[str, tuple[str, str]]]:
    """Class → field → (annotation, docstring under it), as they stand in `source`."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            found[node.name] = dict(_fields(node.body))
    return found


def _fields(body: list[ast.stmt]) -> Iterator[tuple[str, tuple[str, str]]]:
    for statement, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            said = ""
            if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                said = paragraph(str(after.value.value))
            yield statement.target.id, (ast.unparse(statement.annotation), said)


def keys_page() -> str:
    """Every key, by group."""
    parts = ["# Keys", 'In configuration, `[keys]` gives an action other keys: `fork = ["F"]`.']
    for group in dict.fromkeys(row.group for row in KEYMAP):
        rows = [row for row in KEYMAP if row.group == group]
        places = (row.where if row.mode == "command" else row.mode for row in rows)
        body = zip(rows, places, strict=True)
        parts += [f"## {group}", table(
            ["keys", "does", "where", "action"],
            ([", ".join(map(code, r.keys)), r.help, place, code(r.id)] for r, place in body),
        )]  # fmt: skip
    return "\n\n".join(parts)


def commands_page() -> str:
    """Every verb with its help text."""
    parts = ["# Commands", "Data goes to standard output, talk to standard error."]
    for verb, summary in cli.COMMANDS.items():
        command = cli.load_command(verb)
        context = click.Context(command, info_name=f"agentmux {verb}", terminal_width=88)
        sentence = f"{summary[0].upper()}{summary[1:]}."
        parts += [f"## {verb}", sentence, f"```\n{command.get_help(context)}\n```"]
    return "\n\n".join(parts)


def config_page() -> str:
    """Every setting with its type, default and meaning."""
    docs = field_docs(Path(config.__file__).read_text())
    rows = settings(config.Config, docs)
    return "\n\n".join([
        "# Configuration",
        paragraph(config.Config.__doc__),
        table(["setting", "type", "default", "meaning"], rows),
    ])  # fmt: skip


def settings(
    kind: type, docs: Mapping[str, Mapping[str, tuple[str, str]]], prefix: str = ""
) -> Iterator[list[str]]:
    """One row for each setting of a configuration class and the classes inside it."""
    hints = typing.get_type_hints(kind)
    for field in dataclasses.fields(kind):
        inner = hints[field.name]
        name = f"{prefix}{field.name}"
        many = next((a for a in typing.get_args(inner) if dataclasses.is_dataclass(a)), None)
        if isinstance(inner, type) and dataclasses.is_dataclass(inner):
            yield from settings(inner, docs, f"{name}.")
        elif isinstance(many, type):
            yield from settings(many, docs, f"{name}.NAME.")
        else:
            annotation, said = docs[kind.__name__][field.name]
            yield [code(name), code(annotation), _default(field), said]


def _default(field: "dataclasses.Field[object]") -> str:
    if field.default_factory is not dataclasses.MISSING:
        return code(field.default_factory())
    return "" if field.default is dataclasses.MISSING else code(field.default)


def agents_page() -> str:
    """Every agent that agentmux can start."""
    rows = (
        [code(word), agent.TITLE, ", ".join(map(code, agent.PROGRAMS)), LEVELS[agent.LEVEL],
         "yes" if agent.CHOOSES_ID else "no", code(agent.INSTALL) if agent.INSTALL else ""]
        for word, agent in AGENTS.items()
    )  # fmt: skip
    head = ["word", "agent", "programs", "what is known of it", "chooses its session id", "install"]
    return "\n\n".join(["# Agents", table(head, rows)])


def states_page() -> str:
    """The words for what a session does, and the picture of what follows what."""
    arrows = [
        f"    {start} --> {end}"
        for start in state.SessionState
        for end in state.SessionState
        if end in state.TRANSITIONS.get(start, ())
    ]
    words = ", ".join(code(word) for word in state.SessionState)
    living = ", ".join(code(s) for s in state.SessionState if s in state.LIVE_STATES)
    return "\n\n".join([
        "# States",
        "What usually follows what. A surprise is kept and shown: agents are observed, not obeyed.",
        "\n".join(["```mermaid", "stateDiagram-v2", *arrows, "```"]),
        f"All words: {words}.",
        f"With a living process: {living}.",
    ])  # fmt: skip


def modules_page() -> str:
    """One line for each module, by room."""
    parts = ["# Modules", "Each line is the first line of the module's docstring."]
    package = ROOT / "agentmux"
    for room in [package, *sorted(p for p in package.rglob("*") if p.is_dir())]:
        paths = sorted(room.glob("*.py"))
        said = {path: first_line(ast.get_docstring(ast.parse(path.read_text()))) for path in paths}
        rows = [[code(path.name), line] for path, line in said.items() if line]
        if rows:
            name = room.relative_to(ROOT).as_posix()
            parts += [f"## {name}/", table(["module", "what it is"], rows)]
    return "\n\n".join(parts)


def events_page() -> str:
    """Every fact that the ledger keeps, and how its tables came to be."""
    docs: dict[str, dict[str, tuple[str, str]]] = {}
    for module in (recorded, waiting, charges, events):
        docs |= field_docs(Path(module.__file__).read_text())
    parts = ["# Events", paragraph(events.__doc__)]
    for kind in (events.Recorded, *typing.get_args(events.Event)):
        fields = docs[kind.__name__].items()
        rows = ([code(name), code(type_), said] for name, (type_, said) in fields)
        parts += [f"## {kind.__name__}", paragraph(kind.__doc__)]
        parts += [table(["field", "type", "meaning"], rows)] if fields else []
    steps = ([code(step.__name__), paragraph(step.__doc__)] for step in MIGRATIONS)
    parts += ["## Migrations", table(["migration", "what it brought"], steps)]
    return "\n\n".join(parts)


def exit_codes_page() -> str:
    """What each exit code means, and the errors that lead to it."""
    said = dict(re.findall(r"(\d+) ([a-z][a-z ]+)", paragraph(output.__doc__)))
    family = [e for e in vars(errors).values() if isinstance(e, type)]
    rows = (
        [number, meaning, ", ".join(
            code(e.__name__) for e in family
            if issubclass(e, errors.AgentmuxError) and str(e.exit_code) == number
        )]
        for number, meaning in said.items()
    )  # fmt: skip
    return "\n\n".join(["# Exit codes", table(["code", "means", "errors"], rows)])


def whole_session() -> session.Session:
    """A session of which everything is known."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    gauge = session.Gauge("ab12", "main", 1, 0, 2, at, 3.5, 80.0, 4, "")
    return session.Session(
        "s1", "csv", "claude", at, "~/acme", "~/acme.worktrees/csv", slot=1,
        branch="agentmux/csv", base="main", gauge=gauge,
    )  # fmt: skip


def json_page() -> str:
    """What `--json` prints: the fields of a session, and the objects of the other verbs."""
    docs = field_docs(Path(session.__file__).read_text())
    rows = []
    for name in session_row(whole_session()):
        kept = docs["Session"].get(name)
        annotation, said = kept or docs["Gauge"][name]
        said = said.replace("None", "null")
        rows.append([code(name), _json_type(name, annotation, kept is None), said])
    top = [
        [code("schema"), "number", "1; another number when a field is renamed or retyped"],
        [code("home"), "string", "where the state is"],
        [code("repo"), "string or null", "main checkout around the current directory"],
        [code("leader"), "object", "`pid` (null without one) and `alive`"],
        [code("sessions"), "list", "the sessions; with `--all` removed ones too"],
    ]
    others = [[", ".join(map(code, verbs.split(", "))), said] for verbs, said in OBJECTS.items()]
    return "\n\n".join([
        "# JSON",
        "With `--json` a verb prints one object with `schema`. Fields may be added. Times are RFC "
        "3339 in UTC with milliseconds, durations are seconds in fields that end in `_s`.",
        "## ls",
        table(["field", "type", "meaning"], top),
        "## A session",
        "A reading has no key until it exists; those of load have none once the agent has ended.",
        table(["field", "type", "meaning"], rows),
        "## The money of a session",
        "These stand among the fields of a session from its first response on.",
        table(["field", "meaning"], ([code(name), said] for name, said in BILL_FIELDS.items())),
        "## Other verbs",
        table(["verb", "object"], others),
        "## A row of a report",
        "Each row begins with the keys of its group, null where there is none (`session` is the "
        "id, with `name`, `agent` and `branch` beside it); `total` has the same figures.",
        table(["figure", "meaning"], ([code(name), said] for name, said in DEFINITIONS.items())),
    ])  # fmt: skip


def _json_type(name: str, annotation: str, is_reading: bool) -> str:
    """`string or null`; the time of a state is never null, a reading is absent instead."""
    kind = JSON_TYPES[annotation.removesuffix(" | None")]
    if is_reading:
        return f"{kind}, or no key"
    may_be_null = annotation.endswith(" | None") and name != "state_since"
    return f"{kind} or null" if may_be_null else kind


def environment_page() -> str:
    """The variables that agentmux reads, and those it sets for programs in a session."""
    read = ([", ".join(map(code, names.split(", "))), said] for names, said in READ.items())
    hooks = "~/.local/state/agentmux/sessions/s1/hooks"
    sample = {**session_variables(whole_session()), "AGENTMUX_HOOKS": hooks}
    own = (name for name in sample if name not in READ)
    told = ([code(name), code(sample[name]), TOLD[name]] for name in own)
    return "\n\n".join([
        "# Environment",
        "Settings are in [files](config.md); these variables decide where files live, or what one "
        "start looks like.",
        table(["variable", "decides"], read),
        "## Inside a session",
        "A program in a session has the environment of whoever asked for it, without `TMUX`, "
        "`TMUX_PANE`, every `AGENTMUX_` variable but `AGENTMUX_HOME`, and what its profile denies "
        "(`deny_env`); with what its profile sets, `TERM` and `COLORTERM` of its pane, and:",
        table(["variable", "for example", "says"], told),
    ])  # fmt: skip


PAGES: dict[str, Callable[[], str]] = {
    "keys": keys_page,
    "commands": commands_page,
    "config": config_page,
    "agents": agents_page,
    "states": states_page,
    "modules": modules_page,
    "events": events_page,
    "exit-codes": exit_codes_page,
    "json": json_page,
    "environment": environment_page,
}


def render() -> dict[str, str]:
    """File name → text of the whole reference."""
    return {f"{name}.md": f"{NOTICE}\n{page()}\n" for name, page in PAGES.items()}


def stale(folder: Path, pages: Mapping[str, str]) -> list[str]:
    """Files of `folder` that are missing, differ, or belong to no page."""
    there = {path.name: path.read_text() for path in folder.glob("*.md")}
    return sorted(n for n in there.keys() | pages.keys() if there.get(n) != pages.get(n))


def main() -> int:
    """Write the reference; with --check, only say which pages are not current."""
    parser = argparse.ArgumentParser(description=first_line(__doc__))
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when stale")
    check = parser.parse_args().check
    pages = render()
    changed = stale(FOLDER, pages)
    FOLDER.mkdir(exist_ok=True)
    for name in () if check else changed:
        if name in pages:
            (FOLDER / name).write_text(pages[name])
        else:
            (FOLDER / name).unlink()
    for name in changed:
        sys.stderr.write(f"{'stale' if check else 'wrote'}: docs/reference/{name}\n")
    return 1 if check and changed else 0


if __name__ == "__main__":
    raise SystemExit(main())
