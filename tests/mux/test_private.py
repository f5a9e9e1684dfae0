"""What stands beside the ledger: who may read it, and when it goes."""

from dataclasses import replace
from pathlib import Path

import pytest

from agentmux.core import events as e
from agentmux.core.fleet import Fleet, apply
from agentmux.core.secrets import BLOT
from agentmux.errors import AgentError, AgentmuxError
from agentmux.mux.private import (
    Words,
    forget_ended,
    keep_secrets,
    keep_words,
    leave_request,
    load_environment,
    load_secrets,
    require_words,
    with_words,
)
from agentmux.paths import Places, places
from tests.support.events import at, opened

TOKEN = "ghp_" + "0123456789abcdefghij0123"
ODD = b"caf\xe9".decode(errors="surrogateescape")


@pytest.fixture
def where(tmp_path: Path) -> Places:
    made = places({"AGENTMUX_HOME": str(tmp_path)})
    made.make()
    return made


def asked(args: dict[str, e.Json]) -> e.Requested:
    return e.Requested(at=at(), request="r1", verb="new", args=args)


def test_a_request_is_recorded_without_secrets_and_read_with_them(where: Places) -> None:
    args: dict[str, e.Json] = {
        "task": f"use {TOKEN}",
        "command": ["x", ODD, "12345678"],
        "cwd": "/",
    }
    env = {"API_KEY": "12345678", "ODD": ODD}
    told = leave_request(where, "r1", args, env)
    assert told == {"task": f"use {BLOT}", "command": ["x", ODD, BLOT], "cwd": "/"}
    assert where.request_env("r1").stat().st_mode & 0o777 == 0o600
    assert require_words(where, asked(told)).args == args
    assert load_environment(where, "r1") == env


def test_a_request_without_secrets_is_recorded_as_it_is(where: Places) -> None:
    args: dict[str, e.Json] = {"task": "plain", "cwd": "/"}
    assert leave_request(where, "r1", args, {}) == args
    where.request_env("r1").unlink()
    assert require_words(where, asked(args)).args == args


def test_what_is_lost_is_not_made_up(where: Places) -> None:
    told = leave_request(where, "r1", {"task": TOKEN}, {})
    where.request_env("r1").unlink()
    assert load_environment(where, "r1") is None
    with pytest.raises(AgentmuxError, match="held a secret"):
        require_words(where, asked(told))
    session = apply(Fleet(), opened(task=BLOT)).sessions["s1"]
    with pytest.raises(AgentError, match="held a secret"):
        with_words(where, session)


def test_words_of_an_opening_that_came_to_nothing_are_not_taken_for_another_s(
    where: Places,
) -> None:
    words = Words(TOKEN, (TOKEN,))
    keep_words(where, "s1", words, words.blotted(()))
    session = apply(Fleet(), opened(task=BLOT, argv=(BLOT,))).sessions["s1"]
    assert with_words(where, session) == replace(session, task=TOKEN, argv=(TOKEN,))
    keep_words(where, "s1", Words("plain"), Words("plain"))
    assert not where.words("s1").exists()


def test_what_has_ended_is_forgotten_and_nothing_else(where: Places) -> None:
    fleet = apply(apply(Fleet(), opened("s1")), opened("s2", slot=2))
    for id_ in ("s1", "s2", "s3"):  # s3 is being opened: its words are there before it is
        keep_words(where, id_, Words(TOKEN), Words(BLOT))
    for session in fleet.sessions.values():
        keep_secrets(where, session, {"TOKEN": "12345678"})
    ended = where.run_secrets("s1", 1)
    ended.write_text("[]")
    ended.with_name("s1-1.json.new").write_text("half")

    forget_ended(where, fleet)
    assert [p.name for p in ended.parent.glob("s1*")] == ["s1-0.json"]
    assert load_secrets(where, fleet.sessions["s1"]) == {"12345678"}

    forget_ended(where, apply(fleet, e.SessionRemoved(at=at(), session="s1")))
    assert {p.name for p in ended.parent.iterdir()} == {"s2-0.json"}
    assert {p.name for p in where.words("s1").parent.iterdir()} == {"s2.json", "s3.json"}
