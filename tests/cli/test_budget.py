"""`agentmux budget`: what was spent today against each limit, and the exit code that says so."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from agentmux.core import events as e
from agentmux.core.usage import Tokens
from agentmux.ledger.store import Ledger
from tests.support.cockpit import Cockpit
from tests.support.events import opened

pytestmark = pytest.mark.story


@pytest.fixture
def cockpit(private_home) -> Cockpit:  # type: ignore[no-untyped-def]
    """One session has spent $0.85 just now, and $1 is set aside for a queued task."""
    made = Cockpit(private_home)
    made.places.make()
    now = datetime.now(UTC)
    used = e.UsageReported(
        at=now, session="s1", response="r1", model="m", tokens=Tokens(5), source="otlp",
        cost_usd=Decimal("0.85"),
    )  # fmt: skip
    aside = e.BudgetReserved(at=now, session="s2", usd=Decimal(1))
    with Ledger.open(made.places.ledger) as ledger:
        ledger.append(opened(), used, aside)
    return made


def limit(cockpit: Cockpit, text: str) -> None:
    cockpit.places.config_file.parent.mkdir(parents=True, exist_ok=True)
    cockpit.places.config_file.write_text(text)


def test_without_a_limit_nothing_is_over(cockpit: Cockpit) -> None:
    said = cockpit.do("budget", "--check")
    assert said.out.endswith(": $0.85 spent and $1.00 set aside today\n")
    assert "There is no limit" in said.err


@pytest.mark.parametrize(
    ("usd", "level", "code"), [("2", "ok", 0), ("1", "warning", 0), ("0.85", "over", 6)]
)
def test_a_limit_of_the_day(cockpit: Cockpit, usd: str, level: str, code: int) -> None:
    limit(cockpit, f"[budget]\nday_usd = {usd}")
    said = cockpit.run("budget", "--check", "--json")
    assert said.code == code
    (day,) = said.json["windows"]
    assert (said.json["schema"], said.json["over"]) == (1, level == "over")
    assert (day["window"], day["level"], day["spent_usd"]) == ("day", level, "0.85")
    assert (day["reserved_usd"], day["limit_usd"]) == ("1.00", f"{usd}.00"[: max(4, len(usd))])
    assert cockpit.run("budget").code == 0


def test_a_session_and_a_profile(cockpit: Cockpit) -> None:
    limit(cockpit, "[budget]\nsession_usd = 0.5\n[profiles.p.budget]\nday_usd = 3")
    said = cockpit.run("budget", "--check")
    lines = [line.partition(": ")[2] for line in said.out.splitlines()]
    assert (said.code, said.err) == (6, "")
    assert lines == [
        "$0.85 spent and $1.00 set aside today",
        "$0.00 spent of $3.00 today by profile p",
        "$0.85 spent of $0.50 (over: nothing new begins)",
    ]
