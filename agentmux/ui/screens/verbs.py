"""What the keys ask of the leader about a session; what would lose something is asked first."""

from __future__ import annotations

import sys
from pathlib import PurePath

from textual.app import SuspendNotSupported

from agentmux.core.events import Completed, Json
from agentmux.core.session import Session
from agentmux.core.text import clean
from agentmux.errors import AgentmuxError, NeedsConfirmation
from agentmux.ui import labels
from agentmux.ui.alerts import is_lost
from agentmux.ui.contract import Visit
from agentmux.ui.screens.confirm import Confirm
from agentmux.ui.screens.new_session import Draft, NewSession
from agentmux.ui.screens.prompt import Prompt
from agentmux.ui.screens.scrolling import Scrolling


class Verbs(Scrolling):
    """The actions on the selected session, and the start of a new one."""

    draft: Draft | None = None
    """The settings of the last session started from this screen."""

    def action_enter(self) -> None:
        """Type, or attach where the person prefers that; an ended session is resumed."""
        session = self.session
        if session is None:
            return
        if not session.is_live:
            self.action_resume()
        elif self._mux.config.enter == "attach":
            self.action_attach()
        else:
            self.begin_typing()

    def action_new(self) -> None:
        self._open_dialog(brief=self.draft is not None)

    def action_new_dialog(self) -> None:
        self._open_dialog(brief=False)

    def _open_dialog(self, brief: bool) -> None:
        config = self._mux.config
        draft = self.draft or Draft(agent=config.default_agent or "")
        agents, profiles = self._mux.agents, tuple(config.profiles)
        if self.tour is not None:  # nothing real is started where all is for show
            agents, profiles = (), (self.tour.profile,)
        dialog = NewSession(self.keymap, agents, profiles, draft, self._start, brief=brief)
        self.app.push_screen(dialog, self._started)

    async def _start(self, draft: Draft) -> Completed:
        return await self._mux.request("new", None, **draft.arguments())

    def _started(self, result: tuple[Draft, Completed] | None) -> None:
        if result is not None:
            self.draft, done = result
            self._follow(done)

    def _follow(self, done: Completed) -> None:
        """Select the session that a request has begun."""
        session = done.result.get("session")
        self.awaited = session if isinstance(session, str) else done.session
        self.settle_selection()
        self.sync()
        self._tell_withheld(done)

    def _tell_withheld(self, done: Completed) -> None:
        """Say which of the repository's files were left out for want of trust."""
        if withheld := _texts(done.result.get("withheld")):
            names = ", ".join(clean(PurePath(path).name, one_line=True) for path in withheld)
            told = f"{names} is not trusted: the programs it names were left out"
            self.say(told, "`agentmux trust` shows and accepts it", word="withheld")

    def settle_selection(self) -> None:
        """Keep the selection on a session that is there."""
        raise NotImplementedError

    def action_fork(self) -> None:
        session = self.session

        def done(task: str | None) -> None:
            if session is not None and task is not None:
                self.carry_out(self._fork(session, task.strip()))

        if session is not None:
            self.app.push_screen(Prompt(self.keymap, "fork: task"), done)

    async def _fork(self, session: Session, task: str) -> None:
        """Ask for the second session; it is selected as soon as it is there."""
        given: dict[str, Json] = {"task": task} if task else {}
        self._follow(await self._mux.request("fork", session.id, **given))

    def action_rename(self) -> None:
        session = self.session

        def done(name: str | None) -> None:
            if session is not None and name is not None and name.strip() not in ("", session.name):
                self.ask("rename", session, name=name.strip())

        if session is not None:
            self.app.push_screen(Prompt(self.keymap, "new name", session.name), done)

    def ask(self, verb: str, session: Session, **args: Json) -> None:
        """Ask the leader; a refusal appears in the alert line."""
        self.carry_out(self._ask(verb, session.id, **args))

    async def _ask(self, verb: str, session: str, **args: Json) -> None:
        self._tell_withheld(await self._mux.request(verb, session, **args))

    def action_resume(self) -> None:
        if self.session is not None and not self.session.is_live:
            self.ask("resume", self.session)

    def action_resume_all(self) -> None:
        for session in filter(is_lost, self.fleet.present):
            self.ask("resume", session)

    def action_restart(self) -> None:
        session = self.session
        if session is None:
            return
        lost = ["The agent's turn in progress is lost; files stay."] if session.is_live else []
        self._confirm(f"Restart {_title(session)}?", lost, "restart", session)

    def action_stop(self) -> None:
        if self.session is not None:
            lost = ["Its turn in progress is lost; worktree and branch stay."]
            self._confirm(f"Stop {_title(self.session)}?", lost, "stop", self.session)

    def _confirm(self, question: str, lost: list[str], verb: str, session: Session) -> None:
        def done(yes: bool | None) -> None:
            if yes:
                self.ask(verb, session)

        self.app.push_screen(Confirm(self.keymap, question, lost, verb=verb), done)

    def action_remove(self) -> None:
        session = self.session
        if session is None:
            return
        lost = [_what_goes(session)]
        if session.is_live:
            lost.append("Its agent is running and will be ended.")

        def done(yes: bool | None) -> None:
            if yes:
                self.carry_out(self._remove(session))

        asked = f"Remove {_title(session)}?"
        self.app.push_screen(Confirm(self.keymap, asked, lost, verb="remove"), done)

    async def _remove(self, session: Session) -> None:
        """Remove it; where work would be lost, ask once more with the leader's own words."""
        try:
            await self._mux.request("remove", session.id, yes=True)
        except NeedsConfirmation as loss:

            def done(yes: bool | None) -> None:
                if yes:
                    self.ask("remove", session, yes=True, discard=True)

            lost = ["A private ref keeps it; `agentmux ls --all --json` names it."]
            asked = f"{loss.message} Discard it?"
            self.app.push_screen(Confirm(self.keymap, asked, lost, verb="discard"), done)

    def action_attach(self) -> None:
        self._visit("attach")

    def action_shell(self) -> None:
        self._visit("shell")

    def action_editor(self) -> None:
        self._visit("editor")

    def action_suspend(self) -> None:
        self.carry_out(self._suspend())

    def _visit(self, what: Visit) -> None:
        if self.session is not None:
            self.carry_out(self._lend_terminal(what, self.session))

    async def _lend_terminal(self, what: Visit, session: Session) -> None:
        """Another program has the terminal until it ends."""
        said = ""
        try:
            with self.app.suspend():
                _announce(what, session)
                # Textual takes the terminal back only if nothing is raised in here.
                try:
                    code = await self._mux.visit(what, session)
                    said = f"the {what} ended with code {code}" if code else ""
                except AgentmuxError as error:
                    said = f"{error.message}  {error.hint or ''}".rstrip()
        except SuspendNotSupported:
            said = "this terminal cannot be lent to another program"
        if said:
            self.say(said)

    async def _suspend(self) -> None:
        """Ctrl+Z; the connection to the panes is closed meanwhile, or it would stop agents."""
        await self._mux.rest()
        try:
            self.app.action_suspend_process()
        finally:
            await self._mux.wake()


def _announce(what: Visit, session: Session) -> None:
    """A shell looks like the one agentmux was started from: say which one it is."""
    if what == "shell":
        where = clean(session.worktree, one_line=True)
        sys.stdout.write(f"agentmux: a shell in {where}; exit comes back\n")
        sys.stdout.flush()


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()


def _title(session: Session) -> str:
    return f"{labels.slot_of(session)} {labels.name_of(session)}"


def _what_goes(session: Session) -> str:
    if session.here:
        return "The session goes; it worked in your own checkout, which stays as it is."
    gauge = session.gauge
    parts = []
    if gauge.dirty:
        parts.append(f"{gauge.dirty} changed {'path' if gauge.dirty == 1 else 'paths'}")
    if gauge.ahead:
        parts.append(f"{gauge.ahead} {'commit' if gauge.ahead == 1 else 'commits'} ahead of base")
    held = f", which hold {' and '.join(parts)}" if parts else ""
    return f"Its worktree and its branch go{held}."
