"""Limits hold: what starts fits under them, what is over begins nothing, and nothing is ended."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.config import Budget
from agentmux.core import events as e
from agentmux.core.budget import (
    RESERVE_USD,
    Day,
    Plan,
    Window,
    crossings,
    estimate,
    limit_reached,
    plan_launch,
    remaining,
    windows,
)
from agentmux.core.usage import Tokens
from tests.support.books import Books, usage
from tests.support.events import T0, at, exited

TODAY = Day("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC))
NONE = Budget()


def limits(
    day: int | None = None, session: int | None = None, reserve: int | None = None
) -> Budget:
    usd = [None if amount is None else Decimal(amount) for amount in (day, session, reserve)]
    return Budget(*usd)


def window(spent: str, limit: str | None, **more: Any) -> Window:
    cap = None if limit is None else Decimal(limit)
    return Window("day", TODAY.name, Decimal(spent), Decimal(0), cap, **more)


def books(**sessions: int) -> Books:
    """Sessions that have spent so much today."""
    made = Books()
    for session, spent in sessions.items():
        made.open(session)
        made.say("otlp", usage(f"{session}-r", Tokens(spent)), session=session)
    return made


def set_aside(made: Books, session: str, usd: int, profile: str | None = None) -> None:
    made.apply(e.BudgetReserved(at=at(), session=session, usd=Decimal(usd), profile=profile))


def plan(made: Books, general: Budget, **profiles: Budget) -> Plan:
    """For one more task, of the first profile named."""
    chosen = next(iter(profiles), None)
    return plan_launch(made.fleet, general, profiles, TODAY, "claude", chosen)


# --- windows ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spent", "limit", "level"),
    [
        ("3.999", "5", "ok"),
        ("4", "5", "warning"),
        ("4.999999", "5", "warning"),
        ("5", "5", "over"),
        ("0", "0", "over"),
        ("999", None, "ok"),
    ],
)
def test_the_level_of_a_limit(spent: str, limit: str | None, level: str) -> None:
    assert window(spent, limit).level == level


def test_a_window_in_words() -> None:
    day = replace(window("4.1", "5"), reserved_usd=Decimal("0.9"))
    assert day.words == "$4.10 spent and $0.90 set aside of $5.00 today"
    unsure = window("0.012792", None, profile="p", certain=False)
    assert unsure.words == "at least $0.012792 spent today by profile p"
    session = Window("session", "s1", Decimal(1), Decimal(0), Decimal(2), session="s1")
    assert session.words == "$1.00 spent of $2.00"


def test_a_day_begins_at_the_persons_midnight() -> None:
    """All is spent at 12:00 UTC: after midnight in Berlin, and a day ago in Tokyo's next."""
    made = books(s1=3)
    berlin = datetime(2026, 3, 1, tzinfo=timezone(timedelta(hours=1)))
    tokyo = datetime(2026, 3, 2, tzinfo=timezone(timedelta(hours=9)))
    for since, spent in ((berlin, 3), (tokyo, 0)):
        (day,) = windows(made.fleet, NONE, {}, Day("x", since))
        assert day.spent_usd == spent
        assert (day.limit_usd, day.level) == (None, "ok")


def test_profiles_and_sessions_with_limits_have_windows() -> None:
    made = books(s1=3)
    made.open("s2", profile="p")
    made.open("s3", profile="q")
    made.say("otlp", usage("x", Tokens(5)), usage("y", Tokens(9), model="free"), session="s2")
    set_aside(made, "s1", 10)
    set_aside(made, "s2", 4, "p")
    profiles = {"p": limits(20, 7), "q": limits(None, None, 3), "r": limits(1)}
    found = windows(made.fleet, limits(100, 6), profiles, TODAY)
    rows: list[object] = [
        (w.name, w.profile, w.session, w.spent_usd, w.reserved_usd, w.limit_usd) for w in found
    ]
    assert rows == [
        ("day", None, None, 8, 14, 100),
        ("day", "p", None, 5, 4, 20),
        ("day", "r", None, 0, 0, 1),
        ("session", None, "s1", 3, 10, 6),
        ("session", None, "s2", 5, 4, 7),
        ("session", None, "s3", 0, 0, 6),
    ]
    assert [w.certain for w in found] == [False, False, True, True, False, True]


def test_a_session_that_ended_needs_no_window() -> None:
    made = books(s1=3)
    made.apply(exited("s1"))
    assert [w.name for w in windows(made.fleet, limits(9, 9), {}, TODAY)] == ["day"]


# --- what is set aside -----------------------------------------------------------------------


def test_what_a_task_spends_comes_out_of_its_share() -> None:
    made = books(s1=7)
    set_aside(made, "s1", 10)
    assert remaining(made.fleet, "s1") == 10
    made.say("otlp", usage("r2", Tokens(4)))
    assert remaining(made.fleet, "s1") == 6
    made.say("otlp", usage("r3", Tokens(40)))
    assert remaining(made.fleet, "s1") == remaining(made.fleet, "s2") == 0


def past(made: Books, costs: list[int], agent: str = "claude", profile: str | None = None) -> None:
    """Tasks that have ended."""
    for cost in costs:
        session = f"s{len(made.fleet.sessions) + 1}"
        made.open(session, agent=agent, profile=profile)
        made.apply(e.TurnStarted(at=at(1), session=session, turn=1))
        made.say("otlp", usage(f"{session}-r", Tokens(cost)), session=session)
        made.apply(exited(session))


def test_a_task_is_thought_to_cost_what_such_tasks_did() -> None:
    made = Books()
    past(made, [1, 100, 5, 3])
    assert estimate(made.fleet, NONE, {}, "claude", None)[0] == RESERVE_USD
    past(made, [4])
    assert estimate(made.fleet, NONE, {}, "claude", None) == (Decimal(4), "median of 5 past tasks")
    past(made, [5])
    assert estimate(made.fleet, NONE, {}, "claude", None)[0] == Decimal("4.5")


def test_other_tasks_say_nothing_of_it() -> None:
    made = Books()
    past(made, [9] * 5, agent="codex")
    past(made, [8] * 5, profile="p")
    past(made, [7] * 4)
    made.open("s20")  # never had a turn: a title was all it asked for
    made.say("otlp", usage("s20-r", Tokens(1), side="title"), session="s20")
    made.open("s21")
    made.apply(e.TurnStarted(at=at(1), session="s21", turn=1))  # goes on still
    made.say("otlp", usage("s21-r", Tokens(1)), session="s21")
    made.open("s22")
    made.apply(e.TurnStarted(at=at(1), session="s22", turn=1))
    made.say("otlp", usage("s22-r", Tokens(1), model="free"), session="s22")  # unpriced
    made.apply(exited("s20"), exited("s22"))
    told = {"p": limits(reserve=2), "q": NONE}
    for agent, profile, wanted in (
        ("claude", None, 3),
        ("claude", "p", 8),
        ("codex", "p", 2),
        ("codex", "q", 3),
        ("codex", None, 9),
    ):
        assert estimate(made.fleet, limits(reserve=3), told, agent, profile)[0] == wanted


# --- plans -----------------------------------------------------------------------------------


def test_without_a_limit_everything_starts() -> None:
    assert plan(books(s1=1000), NONE) == Plan(True, RESERVE_USD)


def test_a_task_starts_while_it_fits_under_the_limit() -> None:
    made = books(s1=5)
    set_aside(made, "s1", 2)
    assert plan(made, limits(10, None, 3)).allowed
    waits = plan(made, limits(9, None, 3))
    assert (waits.allowed, waits.reserve_usd) == (False, Decimal(3))
    assert waits.why == "$5.00 spent and $2.00 set aside of $9.00 today"
    assert waits.window is not None
    assert waits.window.limit_usd == 9


def test_the_limit_of_its_profile_holds_too() -> None:
    made = books(s1=5)
    made.open("s2", profile="p")
    made.say("otlp", usage("x", Tokens(4)), session="s2")
    assert plan(made, limits(100), p=limits(6, None, 2)).allowed
    waits = plan(made, limits(100), p=limits(5, None, 2))
    assert (waits.allowed, waits.why) == (False, "$4.00 spent of $5.00 today by profile p")
    assert plan(made, limits(100), q=limits(2, None, 2), p=limits(1)).allowed


def test_a_task_dearer_than_a_whole_limit_starts_once_nothing_is_used() -> None:
    assert plan(Books(), limits(2, None, 50)) == Plan(True, Decimal(2))
    assert not plan(books(s1=1), limits(2, None, 50)).allowed


def test_no_more_is_set_aside_than_a_session_may_spend() -> None:
    assert plan(Books(), limits(100, 4, 50)).reserve_usd == 4
    assert plan(Books(), limits(100, 4, 50), p=limits(None, 7)).reserve_usd == 7


def test_a_free_task_does_not_start_over_the_limit() -> None:
    assert plan(books(s1=1), limits(2, None, 0)).allowed
    assert not plan(books(s1=2), limits(2, None, 0)).allowed


def test_a_limit_of_nothing_lets_nothing_start() -> None:
    assert not plan(Books(), limits(0)).allowed


def test_what_is_over_pauses_those_it_concerns() -> None:
    made = books(s1=5)
    made.open("s2", profile="p")
    made.say("otlp", usage("x", Tokens(4)), session="s2")
    one, two = made.session("s1"), made.session("s2")

    def reached(general: Budget, own: Budget) -> list[str | None]:
        found = windows(made.fleet, general, {"p": own}, TODAY)
        blocks = [limit_reached(found, session) for session in (one, two)]
        return [block.key if block else None for block in blocks]

    assert reached(limits(10), limits(5)) == [None, None]
    assert reached(limits(9), limits(5)) == ["day::", "day::"]
    assert reached(limits(10), limits(4)) == [None, "day:p:"]
    assert reached(limits(10, 5), limits(5)) == ["session::s1", None]
    assert reached(limits(10, 5), limits(5, 4)) == ["session::s1", "session::s2"]


# --- crossings -------------------------------------------------------------------------------


def test_every_level_is_told_once_and_anew_each_day() -> None:
    made = books(s1=7)
    general = limits(10, 100)

    def told(day: Day = TODAY, general: Budget = general) -> list[tuple[str, str, Decimal]]:
        found = crossings(made.fleet, windows(made.fleet, general, {}, day), at(99))
        made.apply(*found)
        return [(c.window, c.level, c.spent_usd) for c in found]

    assert told() == []
    made.say("otlp", usage("r2", Tokens(1)))
    assert told() == [("day", "warning", Decimal(8))]
    assert told() == []
    made.say("otlp", usage("r3", Tokens(2)))
    assert told() == [("day", "over", Decimal(10))]
    assert told(general=limits(20, 10)) == [
        ("day", "ok", Decimal(10)),
        ("session", "over", Decimal(10)),
    ]
    tomorrow = Day("2026-03-02", TODAY.since + timedelta(days=1))
    assert told(tomorrow, limits(20)) == []
    assert told(general=limits(10)) == [("day", "over", Decimal(10))]
    assert told(tomorrow, limits(10)) == []


# --- together --------------------------------------------------------------------------------


@dataclass
class Sim:
    """Tasks that start and spend in any order, each started only as planned."""

    limit: int
    books: Books = field(default_factory=Books)
    running: set[str] = field(default_factory=set)
    over: set[str] | None = None
    """Who had a turn under way when the limit was reached."""

    @property
    def day(self) -> Window:
        return windows(self.books.fleet, limits(self.limit, None, 5), {}, TODAY)[0]

    def launch(self) -> None:
        chosen = plan(self.books, limits(self.limit, None, 5))
        if not chosen.allowed:
            return
        assert self.over is None
        session = f"s{len(self.books.fleet.sessions) + 1}"
        self.books.apply(
            e.BudgetReserved(at=at(), session=session, usd=chosen.reserve_usd),
            e.SessionOpened(
                at=T0, session=session, request="r", name=session, slot=1, agent="claude",
                repo="/r", worktree="/w", argv=(),
            ),
        )  # fmt: skip
        self.begin(session)
        assert self.day.spent_usd + self.day.reserved_usd <= self.limit

    def begin(self, session: str) -> None:
        found = windows(self.books.fleet, limits(self.limit, None, 5), {}, TODAY)
        if limit_reached(found, self.books.session(session)) is None:
            turn = self.books.session(session).turn + 1
            self.books.apply(e.TurnStarted(at=at(1), session=session, turn=turn))
            self.running.add(session)

    def spend(self, session: str, tokens: int) -> None:
        if session in self.running:
            assert self.over is None or session in self.over
            name = f"r{len(self.books.rows)}"
            self.books.say("otlp", usage(name, Tokens(tokens)), session=session)
            if self.over is None and self.day.level == "over":
                self.over = set(self.running)

    def end(self, session: str) -> None:
        if session in self.running:
            turn = self.books.session(session).turn
            self.books.apply(e.TurnEnded(at=at(2), session=session, turn=turn, outcome="done"))
            self.running.discard(session)


STEPS = st.lists(
    st.tuples(st.sampled_from(["launch", "spend", "end", "begin"]), st.integers(0, 40)),
    max_size=60,
)


@given(STEPS, st.integers(0, 30))
def test_only_turns_already_running_pass_a_limit(steps: list[tuple[str, int]], limit: int) -> None:
    sim = Sim(limit)
    for step, number in steps:
        sessions = sorted(sim.books.fleet.sessions)
        if step == "launch":
            sim.launch()
        elif sessions:
            session = sessions[number % len(sessions)]
            if step == "spend":
                sim.spend(session, number)
            elif step == "end":
                sim.end(session)
            elif session not in sim.running:
                sim.begin(session)
                assert session not in sim.running or sim.over is None
