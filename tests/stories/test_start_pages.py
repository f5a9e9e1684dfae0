"""Pages of an agent's start: seen on its screen alone, shown as uncertain, never answered by us."""

import pytest

from tests.support.cockpit import ROOT, Cockpit

pytestmark = pytest.mark.story
PAGE = ROOT / "tests/agents/samples/claude/screens/trust.txt"


def test_a_page_of_the_start_waits_for_the_person_and_is_not_answered(cockpit: Cockpit) -> None:
    script = f"cat {PAGE}; read answer; clear; echo started; exec sleep 600"
    cockpit.do("new", "--agent", "claude", "--", "sh", "-c", script)
    row = cockpit.await_state("s1", "asking")
    assert (row["state_kind"], row["state_source"]) == ("setup", "screen")
    assert row["state_certain"] is False

    said = cockpit.run("answer", "1", "1")
    assert said.code == 1 and "yours alone" in said.err
    assert "started" not in cockpit.screen("1")

    cockpit.do("send", "1", "--keys", "0d")
    cockpit.await_screen("1", "started")
    assert cockpit.await_state("s1", "starting", "running", "idle")["state_certain"] is True
