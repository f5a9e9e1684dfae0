"""Every theme is complete and readable, and the right one is chosen."""

import os
from pathlib import Path

import pytest

from agentmux.errors import ConfigError
from agentmux.ui.theme import (
    CHECKOUT,
    GROUNDS,
    LEAST_CONTRAST,
    ROLES,
    TEXTS,
    choose_theme,
    contrast,
    load_theme,
    load_themes,
    parse_theme,
    require_theme,
)

THEMES = load_themes()


def test_the_five_themes_are_there() -> None:
    assert {"dark", "light", "high-contrast", "colorblind", "mono"} <= set(THEMES)


@pytest.mark.parametrize("name", THEMES)
def test_text_can_be_read_on_every_ground(name: str) -> None:
    colors = THEMES[name].colors
    assert set(colors) == set(ROLES)
    worst = min((contrast(colors[t], colors[g]), t, g) for t in TEXTS for g in GROUNDS)
    assert worst[0] >= (7 if name == "high-contrast" else LEAST_CONTRAST), worst


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_mono_has_no_hue() -> None:
    for color in THEMES["mono"].colors.values():
        assert color[1:3] == color[3:5] == color[5:7]


@pytest.mark.parametrize(
    ("wanted", "env", "is_light", "chosen"),
    [
        ("auto", {}, None, "dark"),
        ("auto", {}, True, "light"),
        ("auto", {"COLORFGBG": "0;15"}, None, "light"),
        ("auto", {"COLORFGBG": "0;15"}, False, "dark"),
        ("colorblind", {}, True, "colorblind"),
        ("colorblind", {"AGENTMUX_THEME": "light"}, False, "light"),
        ("dark", {"NO_COLOR": "1"}, None, "mono"),
        ("dark", {"NO_COLOR": ""}, None, "dark"),
        ("dark", {"AGENTMUX_COLOR": "never"}, None, "mono"),
        ("dark", {"NO_COLOR": "1", "AGENTMUX_COLOR": "always"}, None, "dark"),
    ],
)
def test_the_theme_that_is_chosen(
    wanted: str, env: dict[str, str], is_light: bool | None, chosen: str
) -> None:
    assert choose_theme(wanted, env, is_light) == chosen


def test_the_persons_own_theme_wins(tmp_path: Path) -> None:
    text = (CHECKOUT / "dark.toml").read_text().replace("#0d1117", "#010203")
    (tmp_path / "dark.toml").write_text(text)
    (tmp_path / "mine.toml").write_text(text)
    themes = load_themes(tmp_path)
    assert themes["dark"].colors["background"] == "#010203"
    assert {"mine", "light"} <= set(themes)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[colors]", "[colours]", "A theme has a table [colors]."),
        ('accent = "#e3b341"', "", "These colours are missing: accent."),
        ('accent = "#e3b341"', 'accent = "orange"', "accent is not a colour."),
        ('accent = "#e3b341"', 'acent = "#e3b341"', "acent is no key of a theme."),
        ("[colors]", "[colors", "cannot be read"),
    ],
)
def test_a_broken_theme_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "broken.toml"
    path.write_text((CHECKOUT / "dark.toml").read_text().replace(old, new))
    with pytest.raises(ConfigError) as refused:
        load_theme(path)
    assert str(path) in refused.value.message
    assert message in refused.value.message


@pytest.mark.parametrize("kind", ["pipe", "depth", "digits", "bytes"])
def test_a_file_that_is_no_theme_is_one_sentence_with_a_hint(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "odd.toml"
    if kind == "pipe":
        os.mkfifo(path)  # never waited for
    else:
        odd = {"depth": b"a = " + b"[" * 50_000, "digits": b"a = " + b"1" * 5000, "bytes": b"\xff"}
        path.write_bytes(odd[kind])
    with pytest.raises(ConfigError, match=f"^The theme {path} cannot be read: ") as raised:
        load_themes(tmp_path)
    assert raised.value.hint == f"Repair it, or take it away: mv {path} {path}.off"


def test_an_unknown_theme_names_the_nearest() -> None:
    with pytest.raises(ConfigError) as refused:
        require_theme(THEMES, "drak")
    assert (refused.value.hint or "").startswith("Did you mean dark?")


def test_a_theme_has_its_roles_as_variables() -> None:
    theme = parse_theme("dark", (CHECKOUT / "dark.toml").read_text())
    assert theme.textual.variables["role-asking"] == theme.colors["asking"]
