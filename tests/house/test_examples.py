"""What the documentation tells a person to type or to write works."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from agentmux.cli import COMMANDS, load_command
from agentmux.config import Config
from agentmux.config.load import read_settings
from agentmux.config.source import parse_source
from agentmux.config.values import build
from agentmux.errors import ConfigError
from agentmux.report.sessions import session_row
from agentmux.ui.keymap import effective_keymap
from agentmux.ui.leaders import parse_leader
from agentmux.ui.theme import parse_theme
from docs import _generate as generate

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPOKEN = re.compile(r"(?<!`)`((?:agentmux|\./run)(?: [^`]+)?)`")
ENDS = {"|", "||", "&", "&&", ";", ">", ">>", "<", "do", "done"}
PROGRAMS = {"agentmux", "./run"}
QUICK = ("doctor", "keys", "config show", "agents", "profiles", "themes")
"""Verbs whose JSON needs no session; those of the others are shown by the stories."""


def pages(root: Path) -> list[Path]:
    """What is written by hand."""
    written = [p for p in (root / "docs").rglob("*.md") if p.parent.name != "reference"]
    return sorted([root / "README.md", root / "CHANGELOG.md", *written])


def blocks(text: str, language: str) -> list[str]:
    return [body for name, body in FENCE.findall(text) if name == language]


def settings_fault(text: str) -> str | None:
    """What is wrong with an example of settings or of a theme."""
    try:
        if "[colors]" in text:
            parse_theme("example", text)
            return None
        settings = read_settings(parse_source(Path("example"), text.encode()))
        config = build(Config, settings)
        effective_keymap(config.keys, config.leader)
        for name in config.leader:
            parse_leader(name)
    except ConfigError as error:
        return f"{error.message} {error.hint or ''}".strip()
    return None


def command_lines(text: str) -> Iterator[list[str]]:
    """Every command of ours in a page, as words; what stands before and behind it is cut off."""
    for block in blocks(text, "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            yield from _ours(line)
    for spoken in SPOKEN.findall(FENCE.sub("", text)):
        yield from _ours(spoken)


def _ours(line: str) -> Iterator[list[str]]:
    reader = shlex.shlex(line, posix=True, punctuation_chars=True)
    reader.whitespace_split = True
    words: list[str] = []
    for word in [*reader, ";"]:
        if word not in ENDS:
            words.append(word)
            continue
        if words and words[0] in PROGRAMS:
            yield words[1:]
        words = []


def command_fault(words: list[str], own: set[str]) -> str | None:
    """What click says against a command line; missing arguments are left out in speaking of it.

    `own` are the verbs of the start script itself.
    """
    if words[:1] == ["--repo"]:
        words = words[2:]
    if not words or words[0] in own or words[0] in ("VERB", "--help", "--version"):
        return None
    verb, *args = words
    if verb not in COMMANDS:
        return f"{verb} is no verb"
    return _refusal(load_command(verb), args)


def _refusal(command: click.Command, args: list[str]) -> str | None:
    try:
        if isinstance(command, click.Group) and args:
            with click.Context(command) as ctx:
                _, inner, args = command.resolve_command(ctx, args)
                assert inner is not None
                command = inner
        command.make_context(command.name, list(args))
    except (click.MissingParameter, click.exceptions.NoArgsIsHelpError, click.exceptions.Exit):
        return None
    except click.UsageError as error:
        return error.format_message()
    return None


def own_verbs(root: Path) -> set[str]:
    return {"real", "lint", "docs", "bench", "test"} & set(
        re.findall(r"\w+", (root / "run").read_text())
    )


def test_every_example_of_settings_is_valid(root: Path) -> None:
    found = {p.name: blocks(p.read_text(), "toml") for p in pages(root)}
    assert sum(map(len, found.values())) >= 5
    faults = [(name, settings_fault(text)) for name, texts in found.items() for text in texts]
    assert [fault for fault in faults if fault[1]] == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[panes]\nsise = '120x40'\n", "panes.sise is not a setting"),
        ("[panes]\nsize = 'large'\n", "must be columns and rows"),
        ("leader = 'ctrl+m'\n", "it is Enter"),
        ("[keys]\nstop = ['n']\n", "n is both"),
        ("[colors]\ntext = '#ffffff'\n", "colours are missing"),
    ],
)
def test_a_planted_wrong_setting_is_seen(text: str, fault: str) -> None:
    assert fault in (settings_fault(text) or "")


def test_every_command_can_be_typed(root: Path) -> None:
    own = own_verbs(root)
    lines = {p.name: list(command_lines(p.read_text())) for p in pages(root)}
    assert sum(map(len, lines.values())) >= 50
    faults = [(n, w, command_fault(w, own)) for n, some in lines.items() for w in some]
    assert [fault for fault in faults if fault[2]] == []


@pytest.mark.parametrize(
    ("page", "fault"),
    [
        ("`agentmux restore 3` brings it back", "restore is no verb"),
        ("```sh\nagentmux ls --everything\n```", "No such option '--everything'"),
        ("```sh\ncat a | agentmux new --size > b\n```", "Option '--size' requires an argument"),
        ("`agentmux config expound theme`", "No such command 'expound'"),
        ("`agentmux wait 3 --for quiet --timeout soon`", "'soon' is not a valid float range"),
    ],
)
def test_a_planted_wrong_command_is_seen(page: str, fault: str) -> None:
    faults = [command_fault(words, set()) for words in command_lines(page)]
    assert len(faults) == 1
    assert fault in (faults[0] or "").replace("\n", " ")


def test_nothing_of_ours_names_a_verb_that_is_not_there(root: Path) -> None:
    known = {*COMMANDS, *own_verbs(root)}
    named = [
        (path.name, words[0])
        for path in sorted((root / "agentmux").rglob("*.py"))
        for words in command_lines(path.read_text())
        if words and re.fullmatch("[a-z]+", words[0])
    ]
    assert len(named) > 30
    assert [(name, verb) for name, verb in named if verb not in known] == []


def test_a_session_in_the_examples_has_the_fields_of_one(root: Path) -> None:
    known = session_row(generate.whole_session()).keys()
    objects = [json.loads(b) for p in pages(root) for b in blocks(p.read_text(), "json")]
    sessions = [session for shown in objects for session in shown.get("sessions", [])]
    assert sessions
    assert all(shown["schema"] == 1 for shown in objects)
    assert [session.keys() - known for session in sessions if session.keys() - known] == []


@pytest.mark.parametrize("verb", QUICK)
def test_json_holds_what_the_reference_says(verb: str, root: Path, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config/config.toml").write_text("[profiles.a]\nagent = 'claude'\n")
    told = next(said for verbs, said in generate.OBJECTS.items() if verb in verbs.split(", "))
    ran = subprocess.run(
        [sys.executable, "-m", "agentmux", *verb.split(), "--json"],
        env={**os.environ, "AGENTMUX_HOME": str(tmp_path), "PYTHONPATH": str(root)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    shown = json.loads(ran.stdout)
    rows = next(value for value in shown.values() if isinstance(value, list))
    names = {*shown, *rows[0]} - {"schema"}
    assert names == set(re.findall(r"`(\w+)`", told))


def test_every_variable_is_documented(root: Path) -> None:
    told = " ".join([*generate.READ, *generate.TOLD])
    documented = set(re.findall(r"AGENTMUX\w*", told))
    text = "\n".join(p.read_text() for p in (root / "agentmux").rglob("*.py"))
    used = set(re.findall(r"""["']?\b(AGENTMUX(?:_[A-Z_]+)?)\b""", text))
    assert used == documented
