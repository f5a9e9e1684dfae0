"""States, asks, turns and money of real agents against a scripted model: what happened is told."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agentmux.core import events as e
from agentmux.ledger.store import Ledger
from agentmux.paths import places
from tests.real.clients import Client, prepare_claude, prepare_codex
from tests.real.cockpit import Cockpit
from tests.real.conftest import ISOLATED, PROGRAMS
from tests.real.model import Model

BOTH = pytest.mark.parametrize("name", ["claude", "codex"])
PREPARE = {"claude": prepare_claude, "codex": prepare_codex}


@pytest.fixture
def model(tmp_path: Path) -> Iterator[Model]:
    with Model(tmp_path) as standing_in:
        yield standing_in


class Talk:
    """One session of a real agent, talked to from outside."""

    def __init__(self, cockpit: Cockpit) -> None:
        self.cockpit = cockpit
        cockpit.new("--name", "one")
        self.wait("idle")

    def say(self, text: str) -> None:
        self.cockpit.run("send", "one", text)

    def wait(self, *states: str) -> dict[str, Any]:
        """The row of `ls` once it is in one of these."""
        told = self.cockpit.run(
            "wait", "one", "--for", ",".join(states), "--timeout", "60", "--json"
        )
        row: dict[str, Any] = json.loads(told)["sessions"][0]
        return row

    def turn(self, text: str, *ends: str) -> dict[str, Any]:
        """Say it and wait until the agent works, then for one of `ends`."""
        before = len(self.events(e.TurnStarted))
        self.say(text)
        while len(self.events(e.TurnStarted)) == before:
            self.wait("working", "asking", *ends)
        return self.wait(*ends)

    def keys(self, hex_bytes: str) -> None:
        self.cockpit.run("send", "one", "--keys", hex_bytes)

    def answer(self, choice: str) -> None:
        self.cockpit.run("answer", "one", choice)

    def row(self) -> dict[str, Any]:
        return self.cockpit.sessions()[0]

    def events(self, *kinds: type[e.Event]) -> list[Any]:
        with Ledger.open(places(self.cockpit.env).ledger, create=False, read_only=True) as ledger:
            return [event for _, event in ledger.of_session("s1", kinds)]

    def states(self) -> list[str]:
        """Each state it was in, without what refines it."""
        told = [str(event.to) for event in self.events(e.StateChanged)]
        return [now for before, now in zip(["", *told], told, strict=False) if now != before]


@pytest.fixture
def talk(
    model: Model, home: Path, repo: Path, pytestconfig: pytest.Config
) -> Iterator[Callable[[str], Talk]]:
    """Open a cockpit with one session of the agent."""
    opened: list[Cockpit] = []

    def begin(name: str) -> Talk:
        client: Client = PREPARE[name](
            pytestconfig.stash[PROGRAMS][name], home, repo, model.url, pytestconfig.stash[ISOLATED]
        )
        if name == "codex":
            client = replace(client, args=(*client.args, "-a", "on-request"))
        cockpit = Cockpit(client, repo, Path(os.environ["AGENTMUX_HOME"])).__enter__()
        opened.append(cockpit)
        return Talk(cockpit)

    yield begin
    for cockpit in opened:
        cockpit.__exit__()


@BOTH
def test_a_turn_that_asks_is_answered_from_outside(name: str, talk: Callable[[str], Talk]) -> None:
    one = talk(name)
    row = one.turn("Run it [[escalate touch made.txt ;; say ran it now]]", "asking")
    assert (row["state_kind"], row["state_certain"]) == ("permission", True)
    one.answer("yes")
    assert one.wait("done", "idle")["state"] == "done"
    assert (Path(one.row()["worktree"]) / "made.txt").exists()
    assert one.states() == ["idle", "working", "asking", "working", "done"]
    (ask,) = {event.ask for event in one.events(e.AskOpened)}
    assert [event.ask for event in one.events(e.AskClosed)] == [ask]
    assert "touch made.txt" in "".join(
        event.text + event.detail for event in one.events(e.AskOpened)
    )
    assert [event.outcome for event in one.events(e.TurnEnded)] == ["done"]


@BOTH
def test_a_refusal_and_esc_in_the_stream_are_the_persons(
    name: str, talk: Callable[[str], Talk]
) -> None:
    one = talk(name)
    one.turn("Deny it [[escalate touch nope.txt ;; say after deny]]", "asking")
    one.answer("no")
    one.wait("idle")
    one.turn("Talk [[slow 15 ++ say one two three four five six seven eight nine ten]]", "working")
    one.keys("1b")
    one.wait("idle")
    ends = [(event.outcome, event.cause, event.certain) for event in one.events(e.TurnEnded)]
    assert ends == [("interrupted", "you", True)] * 2
    assert not (Path(one.row()["worktree"]) / "nope.txt").exists()


@BOTH
def test_an_error_fails_the_turn_and_the_next_prompt_works(
    name: str, talk: Callable[[str], Talk]
) -> None:
    one = talk(name)
    row = one.turn("Break [[fail credit x99 ++ say never]]", "failed")
    assert row["state_certain"] is True
    assert one.turn("Hello [[say plain reply]]", "done")["state"] == "done"
    ends = [(event.outcome, event.cause) for event in one.events(e.TurnEnded)]
    assert ends == [("failed", "api_error"), ("done", None)]


def test_a_question_of_claude_is_answered_by_its_option(talk: Callable[[str], Talk]) -> None:
    one = talk("claude")
    row = one.turn("Ask me [[ask Which color? | Red | Blue ;; say thanks for that]]", "asking")
    assert row["state_kind"] == "question"
    one.answer("2")
    one.wait("done")


@BOTH
def test_a_kill_ends_turn_and_session_and_resume_counts_nothing_twice(
    name: str, talk: Callable[[str], Talk], model: Model
) -> None:
    one = talk(name)
    one.turn("Hello [[say plain reply]]", "done")
    one.turn("Wait [[slow 30 ++ say one two three four five]]", "working")
    os.kill(one.row()["pid"], signal.SIGKILL)
    row = one.wait("exited")
    assert row["exit_signal"] == 9
    ends = [(event.outcome, event.cause) for event in one.events(e.TurnEnded)]
    assert ends == [("done", None), ("failed", "crash")]
    one.cockpit.run("resume", "one")
    one.wait("idle")
    one.turn("Hello again [[say plain reply two]]", "done")
    assert_counted(one, model)


@BOTH
def test_tokens_are_those_that_were_delivered(
    name: str, talk: Callable[[str], Talk], model: Model
) -> None:
    one = talk(name)
    one.turn("One [[think Hmm ++ read notes.txt ;; say first reply]]", "done")
    one.turn("Two [[fail rate x1 after=1 ++ say second reply]]", "done")
    one.turn("Three [[usage in=1234 out=55 cr=4000 cw5=300 cw1=20 ++ say third reply]]", "done")
    assert_counted(one, model)


def assert_counted(one: Talk, model: Model) -> None:
    """Every response that was delivered whole is counted once, to the token."""
    whole = [row for row in model.rows() if row["status"] == 200 and not row.get("partial")]
    whole = [row for row in whole if row.get("usage") and row["kind"] != "unknown"]

    def counted() -> dict[str, Any]:
        told = one.events(e.UsageReported)
        return {event.response: event for event in told if event.complete}

    one.cockpit.run("wait", "one", "--for", "done,idle", "--timeout", "10")
    deadline = 40
    while len(counted()) < len(whole) and deadline:
        one.wait("done", "idle")
        deadline -= 1
    figures = [event.tokens for event in counted().values()]
    assert sum(t.output for t in figures) == sum(row["usage"].get("output", 0) for row in whole)
    assert sum(t.prompt for t in figures) == sum(map(_prompt, whole))


def _prompt(row: dict[str, Any]) -> int:
    usage = row["usage"]
    return sum(int(usage.get(key, 0)) for key in ("input", "cache_read", "cache_write_5m",
                                                  "cache_write_1h"))  # fmt: skip


@BOTH
def test_the_persons_files_stay_as_they_were(
    name: str, talk: Callable[[str], Talk], home: Path
) -> None:
    one = talk(name)
    watched = [home / ".claude/settings.json", home / ".codex/config.toml"]
    before = {path: path.read_bytes() for path in watched if path.exists()}
    one.turn("Hello [[say plain reply]]", "done")
    assert {path: path.read_bytes() for path in watched if path.exists()} == before
