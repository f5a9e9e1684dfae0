"""From the truth to rows: every turn and ask begins and ends once, whatever is told and when."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.core import events as e
from agentmux.core import facts as f
from agentmux.core.facts import Source
from agentmux.core.fleet import Fleet, apply_all
from agentmux.core.session import Session
from agentmux.core.state import SessionState
from agentmux.core.turns import close, due, follow, with_verdicts
from agentmux.core.usage import Tokens
from tests.support.events import at, exited, launch, opened

OSC, HOOK, KEYS = Source.OSC7501, Source.HOOK, Source.KEYS
S = SessionState
STARTED = e.AgentStarted(
    at=at(0), session="s1", run=1, pid=1, pgid=1, shim_pid=1, spool_offset=0, reports=True
)
BEGUN = apply_all(Fleet(), enumerate([opened(), launch("s1", 1), STARTED])).sessions["s1"]


def row(source: Source, *facts: f.AnyFact, run: int = 1) -> e.Reported:
    return e.Reported(at=facts[-1].at, session="s1", run=run, source=source, facts=facts)


def play(*rows: e.Event, until: float, session: Session = BEGUN) -> tuple[Session, list[e.Event]]:
    """The rows that are recorded, and the session they make."""
    told = with_verdicts(session, rows, at(until))
    return after(session, told), [event for event in told if event not in rows]


def after(session: Session, events: list[e.Event]) -> Session:
    fleet = Fleet(sessions={"s1": session})
    return apply_all(fleet, enumerate(events)).sessions["s1"]


def short(events: list[e.Event]) -> list[str]:
    """Each event as `seconds word …`."""
    return [f"{(event.at - at(0)).total_seconds():g} {_short(event)}" for event in events]


def _short(event: e.Event) -> str:
    match event:
        case e.StateChanged():
            return ":".join(filter(None, (event.to, event.kind, event.sub)))
        case e.TurnStarted():
            return f"turn {event.turn} by {event.by}"
        case e.TurnEnded():
            sure = "" if event.certain else "?"
            return f"end {event.turn} {event.outcome} {event.cause or ''}{sure}".strip()
        case e.AskOpened():
            return f"ask {event.ask} {event.kind} {event.text}".strip()
        case e.AskClosed():
            return f"answered {event.ask} {event.how}"
        case _:
            return type(event).__name__


def prompt(seconds: float, by: Any = "person") -> f.PromptSubmitted:
    return f.PromptSubmitted(at=at(seconds), by=by)


def working(seconds: float) -> f.Working:
    return f.Working(at=at(seconds))


def asked(seconds: float, text: str = "", kind: Any = "permission") -> f.Asked:
    return f.Asked(at=at(seconds), kind=kind, text=text)


def ended(seconds: float, how: Any = "done") -> f.TurnEnded:
    return f.TurnEnded(at=at(seconds), how=how)


def test_a_whole_turn() -> None:
    facts: list[f.AnyFact] = [
        f.Ready(at=at(1)),
        prompt(2),
        working(2.1),
        asked(3, "ls"),
        working(5),
        ended(7),
    ]
    session, told = play(*(row(OSC, fact) for fact in facts), until=9)
    assert short(told) == [
        "1 idle",
        "2 turn 1 by person",
        "2 working",
        "3 ask 1 permission ls",
        "3 asking:permission",
        "5 answered 1 unknown",
        "5 working",
        "7 end 1 done",
        "7 done",
    ]
    assert (session.turn, session.turn_since, session.ask) == (1, None, None)


def test_a_row_that_tells_of_much_tells_of_all_of_it() -> None:
    facts: list[f.AnyFact] = [
        prompt(2),
        asked(3, "a"),
        working(4),
        ended(5),
        prompt(6, "queue"),
        ended(7),
    ]
    one, told = play(row(OSC, *facts), until=9)
    many, also = play(*(row(OSC, fact) for fact in facts), until=9)
    assert short(told) == short(also)
    assert [line for line in short(told) if "turn" in line] == [
        "2 turn 1 by person",
        "6 turn 2 by queue",
    ]
    assert one == many


def test_what_fell_due_before_the_next_fact_is_told() -> None:
    limited = f.Limited(at=at(3), until=at(1000))
    _, told = play(row(OSC, working(2), limited, working(2000)), until=2001)
    assert short(told) == [
        "2 turn 1 by unknown",
        "2 working",
        "3 limited",
        "3 end 1 failed limit",
        "1000 idle",
        "2000 turn 2 by unknown",
        "2000 working",
    ]


def test_a_limit_ends_at_its_time_though_nobody_speaks() -> None:
    session, _ = play(row(OSC, working(2)), row(OSC, f.Limited(at=at(3), until=at(99))), until=9)
    assert due(session, at(9)) == at(99)
    _, told = play(until=99, session=session)
    assert short(told) == ["99 idle"]
    _, late = play(until=5000, session=session)
    assert short(late) == ["99 idle"]


@pytest.mark.parametrize(
    ("fact", "outcome"),
    [
        (ended(3), "3 end 1 done"),
        (ended(3, "interrupted"), "3 end 1 interrupted you?"),
        (f.Ready(at=at(3)), "3 end 1 interrupted you?"),
        (f.Errored(at=at(3)), "3 end 1 failed api_error"),
        (f.Limited(at=at(3)), "3 end 1 failed limit"),
    ],
    ids=["done", "interrupted", "ready", "error", "limit"],
)
def test_how_a_turn_ends(fact: f.AnyFact, outcome: str) -> None:
    _, told = play(row(OSC, working(2)), row(OSC, fact), until=9)
    assert outcome in short(told)


def test_an_interruption_with_a_key_is_the_persons() -> None:
    key = f.KeyPressed(at=at(2.9), key="esc")
    _, told = play(row(OSC, working(2)), row(KEYS, key), row(OSC, ended(3, "interrupted")), until=9)
    assert "3 end 1 interrupted you" in short(told)


def test_the_cause_that_another_source_tells_a_moment_later_counts() -> None:
    rows = [row(OSC, working(2)), row(OSC, f.Errored(at=at(3)))]
    session, told = play(*rows, until=3.1)
    assert short(told)[-1] == "3 failed"
    assert due(session, at(3.1)) == at(3.5)
    limited = f.Limited(at=at(3.2), until=at(100))
    session, told = play(row(Source.TRANSCRIPT, limited), until=4, session=session)
    assert short(told) == ["3 limited", "3 end 1 failed limit"]
    assert due(session, at(4)) == at(100)


def test_the_next_prompt_ends_a_turn_of_which_the_cause_was_waited_for() -> None:
    rows = [row(OSC, working(2)), row(OSC, f.Errored(at=at(3))), row(OSC, working(3.2))]
    session, told = play(*rows, until=3.2)
    assert short(told)[2:] == [
        "3 failed",
        "3 end 1 failed api_error",
        "3.2 turn 2 by unknown",
        "3.2 working",
    ]
    assert session.turn_since == at(3.2)


def test_a_state_lent_back_begins_when_the_higher_source_spoke() -> None:
    rows = [row(OSC, working(1)), row(HOOK, asked(10, "ls"))]
    session, told = play(*rows, until=12)
    assert short(told)[-2:] == ["10 ask 1 permission ls", "10 asking:permission"]
    _, told = play(row(OSC, working(20)), until=20, session=session)
    assert short(told) == ["20 answered 1 unknown", "20 working"]


def test_work_is_tried_again_from_when_that_was_told_until_it_got_on() -> None:
    retrying, on = f.Retrying(at=at(3), attempt=2), f.ToolStarted(at=at(6), tool="Bash")
    _, told = play(row(OSC, working(1), retrying), row(HOOK, on), until=9)
    assert short(told)[1:] == ["1 working", "3 working:retrying", "6 working"]


def test_an_old_fact_read_late_undoes_nothing() -> None:
    session, told = play(row(OSC, working(1)), row(Source.TITLE, f.Ready(at=at(2))), until=9)
    assert short(told)[-2:] == ["2 end 1 interrupted you?", "2 idle"]
    usage = f.Usage(at=at(1.5), response="r", tokens=Tokens(1))
    assert play(row(Source.TRANSCRIPT, usage), until=9, session=session)[1] == []


def test_an_ask_of_which_more_becomes_known_is_told_again_under_its_number() -> None:
    rows = [row(OSC, working(1)), row(OSC, asked(2, "approve: ls"))]
    session, _ = play(*rows, until=2.1)
    more = f.Asked(at=at(2.2), kind="permission", tool="Bash", options=("Yes", "No"))
    session, told = play(row(HOOK, more), until=3, session=session)
    assert short(told) == ["2 ask 1 permission approve: ls"]
    assert session.ask is not None
    assert (session.ask.tool, session.ask.options, session.ask.at) == ("Bash", ("Yes", "No"), at(2))


def test_a_page_of_the_start_is_no_turn() -> None:
    page = asked(1, "Do you trust this folder?", "setup")
    rows = [row(Source.SCREEN, page), row(OSC, f.Ready(at=at(5)))]
    session, told = play(*rows, until=9)
    assert short(told) == [
        "1 ask 1 setup Do you trust this folder?",
        "1 asking:setup",
        "5 answered 1 unknown",
        "5 idle",
    ]
    assert session.turn == 0


def test_what_was_looked_at_is_idle_and_its_turn_done() -> None:
    session, told = play(row(OSC, working(1)), row(OSC, ended(3)), until=4)
    assert session.state is S.DONE
    session = after(session, [e.Seen(at=at(5), session="s1")])
    session, told = play(until=6, session=session)
    assert [line.split()[1] for line in short(told)] == ["idle"]
    _, told = play(row(OSC, working(8)), row(OSC, ended(9)), until=10, session=session)
    assert short(told)[-1] == "9 done"


def test_a_paused_session_is_left_alone() -> None:
    paused = replace(BEGUN, state=S.PAUSED)
    session, told = play(row(OSC, f.Limited(at=at(1), until=at(50))), until=2, session=paused)
    assert (told, due(session, at(2))) == ([], None)


# --- the end of the process -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "ending", "outcome"),
    [
        ({"code": 0}, False, "interrupted you"),
        ({"code": 1}, False, "failed crash"),
        ({"signal": 9}, False, "failed crash"),
        ({"certain": False}, False, "failed crash?"),
        ({"signal": 15}, True, "interrupted you"),
        ({"code": 143}, True, "interrupted you"),
    ],
)
def test_a_turn_cut_by_an_exit(how: dict[str, Any], ending: bool, outcome: str) -> None:
    session, _ = play(row(OSC, working(1)), row(OSC, asked(2)), until=3)
    gone = exited("s1", run=1, seconds=5, **how)
    told = with_verdicts(session, [gone], at(6), ending=ending)
    assert short(told) == ["5 answered 1 gone", f"5 end 1 {outcome}", "5 Exited"]
    assert close(after(session, told), gone) == []


def test_an_exit_between_turns_ends_none() -> None:
    session, _ = play(row(OSC, working(1)), row(OSC, ended(2)), until=3)
    assert close(session, exited("s1", run=1, seconds=5, signal=9)) == []


def test_an_exit_right_behind_an_error_is_no_crash() -> None:
    session, _ = play(row(OSC, working(1)), row(OSC, f.Errored(at=at(2))), until=2.1)
    told = close(session, exited("s1", run=1, seconds=2.2, code=1))
    assert short(list(told)) == ["2 end 1 failed api_error"]


def test_the_end_of_an_earlier_run_ends_nothing() -> None:
    session, _ = play(row(OSC, working(1)), until=3)
    assert close(session, exited("s1", run=0, seconds=5)) == []


def test_after_the_end_nothing_is_said() -> None:
    session, _ = play(row(OSC, working(1)), exited("s1", run=1, seconds=2), until=3)
    late, told = play(row(HOOK, asked(1.5), asked(5)), until=9, session=session)
    assert told == []
    assert (late.state, due(late, at(9))) == (S.EXITED, None)


def test_what_another_run_said_changes_nothing() -> None:
    _, told = play(row(OSC, working(1), run=0), until=3)
    assert told == []


# --- any order ------------------------------------------------------------------------------------

FACTS = st.sampled_from(
    [
        f.Ready(at=at()),
        prompt(0),
        prompt(0, "queue"),
        working(0),
        asked(0, "a"),
        asked(0, "b"),
        asked(0, "c", "question"),
        asked(0, "d", "setup"),
        f.Asked(at=at(), kind=None, tool="Bash", call="c1"),
        f.Asked(at=at(), kind="permission", request="r1"),
        f.Asked(at=at(), kind="permission", request="r2"),
        f.Answered(at=at()),
        f.Answered(at=at(), decision="denied", request="r1"),
        f.ToolStarted(at=at(), tool="Bash", call="c1"),
        f.ToolEnded(at=at(), tool="Bash", call="c1"),
        f.Retrying(at=at()),
        f.Limited(at=at(), until=at(5)),
        f.Limited(at=at()),
        f.Quota(at=at(), window="w", used_pct=100.0, resets=at(9)),
        f.Errored(at=at(), kind="server_error"),
        ended(0),
        ended(0, "interrupted"),
        ended(0, "unknown"),
        f.Background(at=at(), tasks=("x",)),
        f.SubagentStarted(at=at(), agent="a"),
        f.KeyPressed(at=at(), key="esc"),
        f.Usage(at=at(), response="r", tokens=Tokens(1)),
    ]
)
SOURCES = st.sampled_from([OSC, HOOK, Source.TITLE, Source.SCREEN, Source.TRANSCRIPT, KEYS])
STEPS = st.lists(st.tuples(SOURCES, FACTS, st.integers(0, 40), st.booleans()), max_size=15)


@given(STEPS, st.booleans())
def test_turns_and_asks_begin_once_and_end_once(
    steps: list[tuple[Source, f.AnyFact, int, bool]], killed: bool
) -> None:
    session, told, seconds = BEGUN, list[e.Event](), 0.0
    for source, fact, tenths, late in steps:
        seconds += tenths / 10
        fact = replace(fact, at=at(seconds - 2 * late))
        found = with_verdicts(session, [row(source, fact)], at(seconds))
        session = after(session, found)
        told += found
        assert follow(session, at(seconds)) == [], "following twice gives nothing"
        assert with_verdicts(session, [], at(seconds)) == []
        next_due = due(session, at(seconds))
        assert next_due is None or next_due > at(seconds)
    if killed:
        told += with_verdicts(session, [exited("s1", run=1, seconds=seconds)], at(seconds))
        session = after(BEGUN, told)
        assert (session.turn_since, session.ask, session.state) == (None, None, S.EXITED)
    _assert_in_order(told)


def _assert_in_order(told: list[e.Event]) -> None:
    turn, is_open, ask, asks, last = 0, False, 0, 0, at(0)
    for event in told:
        if not isinstance(event, e.Reported):
            _assert_not_before(event.at, last, event)
        match event:
            case e.TurnStarted():
                assert (event.turn, is_open) == (turn + 1, False)
                turn, is_open = event.turn, True
            case e.TurnEnded():
                assert (event.turn, is_open) == (turn, True)
                assert (event.cause is None) == (event.outcome == "done")
                is_open = False
            case e.AskOpened() if event.ask == ask:
                pass
            case e.AskOpened():
                assert (event.ask, ask) == (asks + 1, 0)
                ask = asks = event.ask
            case e.AskClosed():
                assert event.ask == ask
                ask = 0
            case e.StateChanged():
                last = event.at
                assert (event.to is S.ASKING) == bool(ask)


def _assert_not_before(when: datetime, last: datetime, event: e.Event) -> None:
    assert when >= last or isinstance(event, e.AskOpened | e.TurnEnded), event
