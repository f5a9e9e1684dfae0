"""The program on the screen: it composes, follows the mux, and sets one reactive, `fleet`.

Everything else lives on the screens. Errors that no handler expects end the program through
Textual's own worker and message handling, after the terminal has been given back.
"""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from textual.app import App
from textual.driver import Driver
from textual.reactive import reactive

from agentmux.core.fleet import Fleet
from agentmux.core.text import clean
from agentmux.ui.contract import ScreenMux
from agentmux.ui.driver import RawDriver, driver_of
from agentmux.ui.keymap import effective_keymap
from agentmux.ui.labels import counts
from agentmux.ui.messages import FleetChanged
from agentmux.ui.screens.fleet import FleetScreen
from agentmux.ui.terminal import Terminal
from agentmux.ui.theme import choose_theme, is_colorless, load_themes, require_theme
from agentmux.ui.tour import Tour

STARTED_S = 1.0
"""Everything that is loaded once has been loaded by then."""
SAVE_TITLE, RESTORE_TITLE = "\x1b[22;2t", "\x1b[23;2t"


class AgentmuxApp(App[None], inherit_bindings=False):
    """The screen of one mux."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "Input > .input--placeholder { color: $role-dim; text-style: italic; }"
    fleet: reactive[Fleet] = reactive(Fleet, repaint=False, init=False)

    def __init__(
        self,
        mux: ScreenMux,
        env: Mapping[str, str] | None = None,
        driver_class: type[Driver] | None = None,
        tour: Tour | None = None,
    ) -> None:
        self._environment = dict(os.environ if env is None else env)
        _set_no_color(self._environment)
        self.themes = load_themes(mux.places.config / "themes")
        self._main: FleetScreen | None = None
        super().__init__(driver_class=driver_class or RawDriver, ansi_color=True)
        self._mux = mux
        self._tour = tour
        self.keymap_rows = effective_keymap(mux.config.keys, mux.config.leader)
        for theme in self.themes.values():
            self.register_theme(theme.textual)
        self.use_theme_of_terminal(None)
        self._title = ""
        self.set_reactive(AgentmuxApp.fleet, mux.fleet)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The roles exist under every theme, Textual's own at start-up included."""
        return {f"role-{role}": color for role, color in self.themes["dark"].colors.items()}

    def use_theme_of_terminal(self, is_light: bool | None) -> None:
        """The theme that configuration, environment and terminal ask for."""
        name = choose_theme(self._mux.config.theme, self._environment, is_light)
        self.theme = require_theme(self.themes, name).name

    def on_mount(self) -> None:
        driver = driver_of(self)
        if driver is not None:
            config = self._mux.config
            driver.set_leaders(config.leader, config.reserve_scroll)
            driver.on_terminal = self._meet_terminal
            if driver.terminal is not None:
                self._meet_terminal(driver.terminal)
        self._main = FleetScreen(
            self._mux, self.keymap_rows, self.themes[self.theme], tuple(self.themes), self._tour
        )
        self.push_screen(self._main.data_bind(AgentmuxApp.fleet))
        self._unsubscribe = self._mux.subscribe(self._fleet_changed)
        self._write(SAVE_TITLE)
        self.watch_fleet(self.fleet)

    def _meet_terminal(self, terminal: Terminal) -> None:
        """The outer terminal has said what it can do: for the theme, and for the agents."""
        self.use_theme_of_terminal(terminal.is_light)
        self._mux.note_terminal(terminal.as_record())

    def on_unmount(self) -> None:
        self._unsubscribe()
        self._write(RESTORE_TITLE)

    def _fleet_changed(self, fleet: Fleet) -> None:
        self.post_message(FleetChanged(fleet))

    def on_fleet_changed(self, message: FleetChanged) -> None:
        self.fleet = message.fleet

    def watch_fleet(self, fleet: Fleet) -> None:
        """Keep the terminal's title: who needs somebody, and where."""
        title = terminal_title(fleet, self._mux.repo)
        if title != self._title:
            self._title = title
            self._write(f"\x1b]2;{title}\x07")

    def watch_theme(self, theme: str) -> None:
        if self._main is not None:
            self._main.theme = self.themes[theme]
            self._main.sync()

    def action_use_theme(self, name: str) -> None:
        """Another theme, until the program is left."""
        self.theme = require_theme(self.themes, name).name

    def _write(self, sequence: str) -> None:
        driver = driver_of(self)
        if driver is not None:
            driver.write(sequence)


def terminal_title(fleet: Fleet, repo: str | None) -> str:
    """`1 exited 1 · agentmux · acme-api`: what wants somebody comes first, for narrow tabs."""
    wants = [f"{number} {mark.word}" for mark, number in counts(fleet.present) if mark.wants]
    name = [clean(PurePath(repo).name, one_line=True)] if repo else []
    return " · ".join([*wants, "agentmux", *name])


def _set_no_color(env: Mapping[str, str]) -> None:
    """Textual looks for NO_COLOR itself, once; `AGENTMUX_COLOR` is said to it in that word."""
    os.environ.pop("NO_COLOR", None)
    if is_colorless(env):
        os.environ["NO_COLOR"] = "1"


async def run_screen(mux: ScreenMux, tour: Tour | None = None) -> int:
    """Show the screen until the person leaves it; the exit code.

    The garbage collector rests during the start, and afterwards leaves alone what the start has
    made: one look at all of that took 60 ms, in which no key went through.
    """
    gc.disable()
    asyncio.get_running_loop().call_later(STARTED_S, _collect_only_new)
    app: App[Any] = AgentmuxApp(mux, tour=tour)
    await app.run_async()
    return app.return_code or 0


def _collect_only_new() -> None:
    gc.freeze()
    gc.enable()
