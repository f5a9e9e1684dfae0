"""The dialog that starts a session; what is typed stays until the session runs or Esc is pressed.

Short, it asks for the task only and starts with the last settings; `tab` opens the rest.
"""

import shlex
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from agentmux.core.events import Completed, Json
from agentmux.core.text import clean
from agentmux.errors import AgentmuxError, UsageError
from agentmux.ui.contract import AgentRow
from agentmux.ui.keymap import Key
from agentmux.ui.layout import LEAST_MAIN
from agentmux.ui.screens.keyed import key_name, press
from agentmux.ui.widgets.choice import Choice

COMMAND = "command"
ALWAYS = ("shell", COMMAND)
"""What can be started on every machine."""
WORKTREE = ("base", "branch", "carry")
"""Fields that say something only of a worktree of its own."""


@dataclass(frozen=True)
class Draft:
    """What the dialog asks for; empty means: as configured."""

    agent: str = ""
    """An agent, `command`, or a profile with `@` in front."""
    task: str = ""
    name: str = ""
    base: str = ""
    branch: str = ""
    here: bool = False
    carry: bool = False
    command: str = ""

    def arguments(self) -> dict[str, Json]:
        """The arguments of the request `new`."""
        args: dict[str, Json] = {}
        if self.agent.startswith("@"):
            args["profile"] = self.agent[1:]
        elif self.agent and self.agent != COMMAND:
            args["agent"] = self.agent
        if self.agent == COMMAND:
            args["command"] = _words(self.command)
        for name in ("task", "name") if self.here else ("task", "name", "base", "branch"):
            if text := getattr(self, name).strip():
                args[name] = text
        if self.here:
            args["here"] = True
        elif self.carry:
            args["carry"] = True
        return args


def _words(command: str) -> list[Json]:
    """The command's words as a shell would cut them, without running one."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"The command cannot be read: {error}.", "Close the quotes.") from error
    if not words:
        raise UsageError("There is no command.", "Write the program and its arguments.")
    return list(words)


Start = Callable[[Draft], Awaitable[Completed]]
"""Asks for the session; raises the refusal."""


class Task(TextArea):
    """A few lines for the task: Enter starts, ctrl+j or shift+enter begins a new line."""

    class Entered(Message):
        """Enter was pressed."""

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(self.Entered())
        elif event.key in ("ctrl+j", "shift+enter", "alt+enter"):
            event.stop()
            event.prevent_default()
            self.insert("\n")
        else:
            await super()._on_key(event)


class Label(Static):
    """The name of a field, marked while the field has the keys."""

    def __init__(self, name: str) -> None:
        super().__init__(f" {name}", classes="label", markup=False)
        self._word = name

    def mark(self, *, here: bool) -> None:
        """The sign of the list's selected row, or none."""
        self.set_class(here, "-here")
        self.update(f"▌{self._word}" if here else f" {self._word}")


class NewSession(ModalScreen[tuple[Draft, Completed] | None]):
    """The settings and what came of the request; None when nothing was started."""

    CSS = """
    NewSession { align: center middle; background: $role-background 40%; }
    NewSession > VerticalScroll { width: 76; max-width: 100%; height: auto; max-height: 100%;
        background: $role-panel; border: round $role-accent; padding: 0 1 0 0;
        border-title-color: $role-text; border-title-style: bold;
        border-subtitle-color: $role-dim; scrollbar-size-vertical: 1;
        scrollbar-color: $role-line;
        scrollbar-background: $role-panel; }
    NewSession .field { height: auto; width: 1fr; }
    NewSession .label { width: 10; height: 1; color: $role-dim; }
    NewSession .label.-here { color: $role-text; text-style: bold; }
    NewSession Input, NewSession Input:focus { height: 1; width: 1fr; border: none; padding: 0;
        background: $role-select; color: $role-text; }
    NewSession TextArea, NewSession TextArea:focus { height: 3; width: 1fr; border: none;
        padding: 0; background: $role-select; color: $role-text; scrollbar-size-vertical: 1;
        scrollbar-color: $role-line;
        scrollbar-background: $role-panel; }
    NewSession TextArea:focus .text-area--cursor { color: $role-text; background: $role-select;
        text-style: reverse; }
    NewSession #error { color: $role-failed; height: auto; padding: 0 1; }
    NewSession .-gone { display: none; }
    """

    def __init__(
        self,
        keymap: Sequence[Key],
        agents: Sequence[AgentRow],
        profiles: Sequence[str],
        draft: Draft,
        start: Start,
        *,
        brief: bool,
    ) -> None:
        super().__init__()
        self._keymap = keymap
        found = [agent.name for agent in agents if agent.path and agent.name not in ALWAYS]
        self._agents = (*found, *(f"@{name}" for name in profiles), *ALWAYS)
        self._draft = draft
        self._start = start
        self._brief = brief
        self._starting = False

    def compose(self) -> ComposeResult:
        draft = self._draft
        task = "" if self._brief else draft.task
        with VerticalScroll(can_focus=False) as box:
            box.border_title = "New session"
            yield _field("task", Task(task, id="task", compact=True, tab_behavior="focus"))
            yield _field("agent", Choice(self._agents, draft.agent, field="agent"))
            yield _field("command", Input(draft.command, id="command", compact=True))
            yield _field("name", Input("", id="name", compact=True, placeholder="from the task"))
            yield _field("where", Choice(("worktree", "here"), _where(draft), field="where"))
            yield _field(
                "base", Input(draft.base, id="base", compact=True, placeholder="default branch")
            )
            yield _field(
                "branch", Input("", id="branch", compact=True, placeholder="from the name")
            )
            yield _field(
                "carry", Choice(("nothing", "uncommitted work"), _carry(draft), field="carry")
            )
            yield Static("", id="error", markup=False)

    def on_mount(self) -> None:
        self.query_one(Task).cursor_blink = False
        for field in self.query(Input):
            field.cursor_blink = False
        self._show_fields()
        self.query_one(Task).focus()

    def on_descendant_focus(self) -> None:
        """Show which field has the keys, by a sign as well as by its look, and what they do."""
        for label in self.query(Label):
            label.mark(here=self.focused in label.siblings)
        self._show_keys()

    def on_resize(self) -> None:
        self._show_keys()

    def _show_keys(self) -> None:
        more = "tab more" if self._brief else "tab next"
        keys = ["enter start", more, "esc back"]
        if isinstance(self.focused, Task) and self.size.width >= LEAST_MAIN:
            keys.append("ctrl+j new line")
        elif isinstance(self.focused, Choice) and self.size.width >= LEAST_MAIN:
            keys.append("←→ choose")
        self.query_one(VerticalScroll).border_subtitle = " · ".join(keys)

    def _show_fields(self) -> None:
        """Only the fields that matter now."""
        command = self.query_one("#agent", Choice).value == COMMAND
        here = self.query_one("#where", Choice).value == "here"
        for id_ in ("agent", "command", "name", "where", *WORKTREE):
            gone = self._brief or (id_ == "command" and not command) or (here and id_ in WORKTREE)
            field = self.query_one(f"#{id_}").parent
            assert isinstance(field, Widget)
            field.set_class(gone, "-gone")

    def on_choice_changed(self) -> None:
        self._show_fields()

    async def on_key(self, event: events.Key) -> None:
        if self._brief and key_name(event) in ("tab", "down"):
            self._brief = False
            self._show_fields()
        match key_name(event):
            case "down":
                self.focus_next()
            case "up":
                self.focus_previous()
            case "enter":
                self.action_accept()
            case _:
                await press(self, self._keymap, "dialog", event)
                return
        event.stop()

    def on_task_entered(self) -> None:
        self.action_accept()

    def on_input_submitted(self) -> None:
        self.action_accept()

    def action_cancel(self) -> None:
        self.dismiss(None)

    def action_accept(self) -> None:
        if not self._starting:
            self._starting = True
            self.run_worker(self._try())

    def draft(self) -> Draft:
        """What the fields say."""
        field = self.query_one
        return Draft(
            agent=field("#agent", Choice).value,
            task=field(Task).text,
            name=field("#name", Input).value,
            base=field("#base", Input).value,
            branch=field("#branch", Input).value,
            here=field("#where", Choice).value == "here",
            carry=field("#carry", Choice).value == "uncommitted work",
            command=field("#command", Input).value,
        )

    async def _try(self) -> None:
        """Start it; a refusal is shown and everything typed stays."""
        message = self.query_one("#error", Static)
        draft = self.draft()
        message.update(Content("starting…"))
        try:
            done = await self._start(draft)
        except AgentmuxError as error:
            message.update(Content(clean(f"{error.message} {error.hint or ''}".rstrip())))
            self._starting = False
            return
        self.dismiss((draft, done))


def _field(label: str, widget: Widget) -> Horizontal:
    return Horizontal(Label(label), widget, classes="field")


def _where(draft: Draft) -> str:
    return "here" if draft.here else "worktree"


def _carry(draft: Draft) -> str:
    return "uncommitted work" if draft.carry else "nothing"
