"""Themes: one TOML file each → sixteen named colours, and Textual's theme made of them.

A theme is looked for in the person's `themes/` folder, then in the packaged `_themes`, then in
the checkout's `themes/` (an editable install has no `_themes`). Colours are asked for by role;
nothing in `ui/` names a colour itself.
"""

import difflib
import re
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from rich.style import Style
from textual.theme import Theme as TextualTheme

from agentmux.errors import ConfigError

ROLES = (
    "background", "panel", "select", "line", "text", "dim", "faint", "accent",
    "asking", "conflict", "working", "done", "limited", "failed", "idle", "unknown",
)  # fmt: skip
"""Every colour there is: three grounds, the lines, four weights of text, one for each state."""
GROUNDS = ("background", "panel", "select")
TEXTS = tuple(role for role in ROLES if role not in (*GROUNDS, "line"))
"""Roles that text is written in: each must be readable on every ground."""

LEAST_CONTRAST = 4.5
PACKAGED = Path(__file__).parent.parent / "_themes"
CHECKOUT = Path(__file__).parent.parent.parent / "themes"
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Theme:
    """One set of colours."""

    name: str
    dark: bool
    colors: Mapping[str, str] = field(hash=False)
    """Role → `#rrggbb`, every role of `ROLES`."""
    plain: bool = False
    """Blocks are drawn reversed, for screens without colour."""

    @cached_property
    def textual(self) -> TextualTheme:
        """The theme to register; each role is `$role-NAME` in the style sheets."""
        c = self.colors
        return TextualTheme(
            name=self.name,
            primary=c["accent"],
            secondary=c["working"],
            accent=c["accent"],
            warning=c["asking"],
            error=c["failed"],
            success=c["done"],
            foreground=c["text"],
            background=c["background"],
            surface=c["background"],
            panel=c["panel"],
            dark=self.dark,
            text_alpha=1.0,
            variables={f"role-{role}": color for role, color in c.items()},
        )

    def style(self, role: str, on: str = "background", bold: bool = False) -> Style:
        """Text in `role` on the ground `on`."""
        return _style(self.colors[role], self.colors[on], bold)

    def block(self, role: str) -> Style:
        """A filled block: the ground's colour on the role's."""
        if self.plain:
            return Style(bold=True, reverse=True)
        return _style(self.colors["background"], self.colors[role], True)


@lru_cache(512)
def _style(color: str, ground: str, bold: bool) -> Style:
    return Style(color=color, bgcolor=ground, bold=bold)


def load_themes(user: Path | None = None) -> dict[str, Theme]:
    """Every theme by name, the person's own folder `user` first."""
    found: dict[str, Theme] = {}
    for folder in (user, PACKAGED, CHECKOUT):
        for path in sorted(folder.glob("*.toml")) if folder and folder.is_dir() else ():
            found.setdefault(path.stem, load_theme(path))
    return found


def load_theme(path: Path) -> Theme:
    """The theme in one file; ConfigError names the file and what is wrong in it."""
    if not path.is_file():
        raise _unreadable(path, "it is not a regular file")
    try:
        return parse_theme(path.stem, path.read_text("utf-8"))
    except RecursionError as error:
        raise _unreadable(path, "it is nested too deeply") from error
    except (OSError, ValueError) as error:  # what is no UTF-8, no TOML, or a number too long
        raise _unreadable(path, str(error)) from error
    except ConfigError as error:
        raise ConfigError(f"{path}: {error.message}", error.hint) from error


def _unreadable(path: Path, why: str) -> ConfigError:
    quoted = shlex.quote(str(path))
    hint = f"Repair it, or take it away: mv {quoted} {quoted}.off"
    return ConfigError(f"The theme {path} cannot be read: {why}.", hint)


def parse_theme(name: str, text: str) -> Theme:
    """A theme from TOML: `dark`, optionally `plain`, and a table `colors` with every role."""
    data = tomllib.loads(text)
    colors = data.get("colors")
    if not isinstance(colors, dict):
        raise ConfigError("A theme has a table [colors].", f"Its keys: {', '.join(ROLES)}.")
    _require_known(set(data), ("dark", "plain", "colors"))
    _require_known(set(colors), ROLES)
    missing = [role for role in ROLES if role not in colors]
    if missing:
        raise ConfigError(f"These colours are missing: {', '.join(missing)}.")
    for role, color in colors.items():
        if not isinstance(color, str) or not _HEX.fullmatch(color):
            raise ConfigError(f"{role} is not a colour.", "Write it as #rrggbb.")
    return Theme(name, bool(data.get("dark", True)), colors, bool(data.get("plain", False)))


def _require_known(keys: set[str], known: tuple[str, ...]) -> None:
    for key in sorted(keys - set(known)):
        near = difflib.get_close_matches(key, known, 1, 0)
        raise ConfigError(f"{key} is no key of a theme.", f"Did you mean {near[0]}?")


def require_theme(themes: Mapping[str, Theme], name: str) -> Theme:
    """The theme called `name`; ConfigError names the nearest one."""
    if name in themes:
        return themes[name]
    near = difflib.get_close_matches(name, themes, 1, 0)
    raise ConfigError(
        f"There is no theme called {name}.",
        f"Did you mean {near[0]}? `agentmux themes` lists them." if near else None,
    )


def is_colorless(env: Mapping[str, str]) -> bool:
    """Whether the person asked for no colour: `AGENTMUX_COLOR` decides, then `NO_COLOR`."""
    wish = env.get("AGENTMUX_COLOR", "auto")
    if wish in ("never", "always"):
        return wish == "never"
    return bool(env.get("NO_COLOR"))


def choose_theme(wanted: str, env: Mapping[str, str], is_light: bool | None = None) -> str:
    """The name of the theme to start with.

    An explicit wish wins, in the environment before the configuration. `auto` goes by what the
    terminal itself said (`is_light`), then by COLORFGBG, then takes the dark one.
    """
    wanted = env.get("AGENTMUX_THEME") or wanted
    if is_colorless(env):
        return "mono"
    if wanted != "auto":
        return wanted
    if is_light is not None:
        return "light" if is_light else "dark"
    ground = env.get("COLORFGBG", "").rpartition(";")[2]
    return "light" if ground in ("7", "15") else "dark"


def luminance(rgb: tuple[int, int, int]) -> float:
    """Relative luminance of an sRGB colour, 0 to 1 (WCAG 2)."""

    def linear(channel: int) -> float:
        part = channel / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = rgb
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def contrast(one: str, other: str) -> float:
    """Contrast of two `#rrggbb` colours, 1 to 21 (WCAG 2)."""
    low, high = sorted(luminance(_rgb(color)) for color in (one, other))
    return (high + 0.05) / (low + 0.05)


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
