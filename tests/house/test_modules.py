"""How modules look: introduced, short, and named by a word of the glossary."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

LONGEST = 400
VAGUE = {"utils", "helpers", "common", "base", "manager", "service"}
SENTENCE = re.compile(r"[\w`]\S* .*[.:]$")
VAGUE_CLASS = re.compile(r"(Manager|Service|Helper)$")


def sources(checkout: Path) -> list[Path]:
    return sorted(p for room in ("agentmux", "tests") for p in (checkout / room).rglob("*.py"))


def faults(checkout: Path) -> list[str]:
    """What is wrong with the modules below `checkout`, one line each."""
    found = []
    for path in sources(checkout):
        text = path.read_text()
        name = path.relative_to(checkout)
        found += [f"{name}: {fault}" for fault in _faults(path, text)]
    return found


def _faults(path: Path, text: str) -> Iterator[str]:
    if not text.strip():
        if path.name != "__init__.py":
            yield "empty"
        return
    tree = ast.parse(text)
    first = (ast.get_docstring(tree) or "").partition("\n")[0]
    if not SENTENCE.match(first):
        yield "the docstring does not begin with a sentence"
    if (length := text.count("\n")) > LONGEST:
        yield f"{length} lines"
    if {path.stem, path.parent.name} & VAGUE:
        yield "a vague name"
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and VAGUE_CLASS.search(node.name):
            yield f"class {node.name}"


def test_modules_are_as_they_should_be(root: Path) -> None:
    assert faults(root) == []


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("core/planted.py", "", "empty"),
        ("core/planted.py", "X = 1\n", "the docstring does not begin with a sentence"),
        ("core/planted.py", '"""things"""\n', "the docstring does not begin with a sentence"),
        ("core/planted.py", '"""Long text."""\n' + "X = 1\n" * LONGEST, "401 lines"),
        ("core/utils.py", '"""Odds and ends."""\n', "a vague name"),
        ("core/helpers/one.py", '"""Odds and ends."""\n', "a vague name"),
        ("core/planted.py", '"""One thing."""\nclass PaneManager: ...\n', "class PaneManager"),
    ],
)
def test_a_planted_fault_is_seen(name: str, text: str, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "agentmux" / name
    path.parent.mkdir(parents=True)
    path.write_text(text)

    assert faults(tmp_path) == [f"agentmux/{name}: {fault}"]
