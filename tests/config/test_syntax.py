"""Every way in which people write TOML wrongly, with what they are told."""

import tomllib

import pytest

from agentmux.config.syntax import Mistake, explain_syntax


def mistake(text: str) -> Mistake:
    with pytest.raises(ValueError) as raised:
        tomllib.loads(text)
    return explain_syntax(str(raised.value), text)


@pytest.mark.parametrize(
    ("text", "line", "key", "hint"),
    [
        ("leader = ctrl+q", 1, "leader", 'A text stands in quotes: "ctrl+q".'),
        ("theme = dark # mine", 1, "theme", 'A text stands in quotes: "dark".'),
        ("[panes]\nsize = 120x40\n", 2, "panes.size", 'A text stands in quotes: "120x40".'),
        ("worktree.fetch = True", 1, "worktree.fetch", "It is written small: true."),
        ("theme =\n", 1, "theme", "A value is a text in quotes, a number,"),
        ('theme="x" layout="y"', 1, "theme", "Each setting and each table stands on a line"),
        ("[panes]]", 1, "panes", "Each setting and each table stands on a line"),
        ('leader "x"', 1, "leader", "A setting is written: name = value."),
        ("[panes", 1, "panes", "A table is written on a line of its own: [name]."),
        ("[[panes]", 1, "panes", "A table is written on a line of its own: [name]."),
        ('theme="a"\n\ntheme="b"\n', 3, "theme", "Line 1 has it already: keep one of the two."),
        ("[panes]\n[panes]", 2, "panes", "Line 1 has it already: keep one of the two."),
        ("theme = 'x'\n[theme.dark]\n", 2, "theme.dark", "Something above has it already"),
        ("hooks.setup = 'a'\nhooks = 1\n", 2, "hooks", "Line 1 has it already"),
        ('keys = {stop="x", stop="y"}', 1, "keys", "It is there twice: keep one of the two."),
        ('leader = ["a",\n"b"\n\n', 4, "leader", "A list ends with ]"),
        ("keys = {stop='x'\n}", 1, "keys", "A table in braces stands on one line"),
        ('theme = "x', 1, "theme", "A text ends with the quotes it began with."),
        ("theme = 'x\n", 2, "theme", "A text ends with the quotes it began with"),
        ('theme = "x\nleader = 1', 1, "theme", "A text ends with the quotes it began with, on"),
        ('theme = "\x1b"', 1, "theme", "A control character is written as an escape"),
        ("# \x01", 1, None, "A control character has no place here"),
        ('theme = "C:\\x"', 1, "theme", "In double quotes a backslash is written twice"),
        ("= 3", 1, None, "A line is a setting (name = value)"),
        ("\ufefftheme = 'x'", 1, None, "Save it as UTF-8 without one"),
        ("a = " + "1" * 5000, None, None, "No setting needs a number of thousands of digits."),
    ],
)
def test_a_mistake_is_told_with_line_key_and_hint(
    text: str, line: int | None, key: str | None, hint: str
) -> None:
    found = mistake(text)
    assert (found.line, ".".join(found.key) if found.key else None) == (line, key)
    assert (found.hint or "").startswith(hint)
    assert found.what.isprintable()


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("themw = dark", "theme"),
        ("[panes]\nsise = 1x1", "panes.size"),
        ("[profiles.a]\nagnet = x", "profiles.a.agent"),
        ("[pains\n", "panes"),
    ],
)
def test_a_name_that_is_no_setting_is_told_as_well(text: str, near: str) -> None:
    assert (mistake(text).hint or "").endswith(f" Did you mean {near}?")


def test_a_setting_is_not_taken_for_another_one() -> None:
    assert "Did you mean" not in (mistake("[profiles.a]\nenv = x").hint or "")
