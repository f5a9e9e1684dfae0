"""Answers from elsewhere: given to the question that stands there, seen to be taken, or refused."""

import sys

import pytest

from tests.support.cockpit import ROOT, Cockpit, Row

pytestmark = pytest.mark.story
PROGRAM = str(ROOT / "tests/support/asking_agent.py")


def ask(cockpit: Cockpit, *questions: str) -> Row:
    """A session that asks these, seen to ask the first."""
    argv = ["--agent", "claude", "--", sys.executable, PROGRAM, *questions]
    session: Row = cockpit.do("new", "--json", *argv).json["session"]
    cockpit.await_state(session["id"], "asking")
    return session


def test_an_answer_is_taken_and_the_next_question_waits_for_its_own(cockpit: Cockpit) -> None:
    ask(cockpit, "Bash: rm -r build", "Bash: make")
    said = cockpit.do("answer", "1", "yes", "--json").json
    assert (said["answer"], said["choice"], said["label"]) == ("taken", 1, "Yes")
    cockpit.await_screen("1", "answered 1 to Bash: rm -r build")
    cockpit.await_state("s1", "asking")
    assert "answered" not in cockpit.screen("1").partition("Bash: make")[2]
    assert cockpit.do("answer", "1", "3").out == "taken: No\n"
    row = cockpit.await_state("s1", "done")
    assert row["state_source"] == "osc7501" and row["state_certain"] is True


def test_an_answer_that_has_no_effect_is_not_taken(cockpit: Cockpit) -> None:
    ask(cockpit, "deaf", "Bash: make")
    said = cockpit.run("answer", "1", "1")
    assert said.code == 1
    assert "Not taken" in said.err


def test_who_asks_nothing_is_not_answered(cockpit: Cockpit) -> None:
    cockpit.new(script="printf ' 1. Yes\\n❯ 2. No\\n'; exec sleep 600")
    said = cockpit.run("answer", "1", "1")
    assert said.code == 1
    assert "asks nothing now" in said.err
    assert "1" not in cockpit.screen("1").replace("1. Yes", "")


def test_an_option_that_is_not_there_is_named_with_those_that_are(cockpit: Cockpit) -> None:
    ask(cockpit, "Bash: make")
    said = cockpit.run("answer", "1", "7")
    assert said.code == 2
    assert "1 Yes · 2 Yes, and don't ask again · 3 No" in said.err
    assert cockpit.row("s1")["state"] == "asking"


def test_explain_tells_source_and_transitions(cockpit: Cockpit) -> None:
    ask(cockpit, "Bash: make")
    told = cockpit.do("explain", "1", "--json").json
    assert (told["state"], told["state_kind"]) == ("asking", "permission")
    assert [source["source"] for source in told["sources"]] == ["osc7501"]
    assert [row["state"] for row in told["transitions"]][-2:] == ["working", "asking"]
    assert "asking (permission) for" in cockpit.do("explain", "1").out


def test_a_snooze_keeps_the_ask_and_hides_it(cockpit: Cockpit) -> None:
    ask(cockpit, "Bash: make")
    assert cockpit.do("snooze", "1", "5").out.startswith("snoozed for 5 min s1")
    assert cockpit.row("s1")["state"] == "asking"
    assert cockpit.run("snooze", "1", "9999").code == 2
