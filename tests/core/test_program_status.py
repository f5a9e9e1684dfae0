"""OSC 7501 bodies become facts, and what the draft does not know yet becomes nothing false."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentmux.core import facts as f
from agentmux.core.program_status import MESSAGE_LIMIT, parse_status

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def msg(text: str) -> str:
    return "msg=" + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("data", "fact"),
    [
        ("state=idle", f.Ready(at=NOW)),
        ("state=working", f.Working(at=NOW)),
        ("state=working:" + msg("Reading ä"), f.Working(at=NOW, activity="Reading ä")),
        ("app=x:progress=40:state=working", f.Working(at=NOW)),
        ("state=done:" + msg("ok"), f.TurnEnded(at=NOW, how="done", text="ok")),
        ("state=error:" + msg("500"), f.Errored(at=NOW, text="500")),
        (
            "state=blocked:kind=permission:" + msg("approve Bash: ls"),
            f.Asked(at=NOW, kind="permission", text="approve Bash: ls"),
        ),
        ("state=blocked:kind=question", f.Asked(at=NOW, kind="question")),
        ("state=blocked:kind=auth", f.Asked(at=NOW, kind="login")),
        ("state=blocked:kind=plan", f.Asked(at=NOW, kind="plan")),
    ],
)
def test_each_state(data: str, fact: f.AnyFact) -> None:
    assert parse_status(data, NOW) == [fact]


@pytest.mark.parametrize("data", ["state=clear", "?", "state=working:id=sub/1", "id=a:state=idle"])
def test_what_says_nothing_of_the_session_itself(data: str) -> None:
    assert parse_status(data, NOW) == []


@pytest.mark.parametrize("data", ["", "state=", "state=dreaming", "STATE=idle", "working", ":::"])
def test_an_unknown_state_is_strange(data: str) -> None:
    (fact,) = parse_status(data, NOW)
    assert isinstance(fact, f.Strange)


def test_an_unknown_state_is_named_shortly() -> None:
    (fact,) = parse_status("state=" + "x" * 4000, NOW)
    assert isinstance(fact, f.Strange)
    assert len(fact.what) < 60


@pytest.mark.parametrize("coded", ["!!!", "YQ", "\udcff", "YQ==\n", "ä"])
def test_a_message_that_is_no_base64_is_left_out(coded: str) -> None:
    assert parse_status(f"state=working:msg={coded}", NOW) == [f.Working(at=NOW)]


def test_a_long_message_is_cut_and_never_torn_text() -> None:
    (fact,) = parse_status("state=working:" + msg("ä" * MESSAGE_LIMIT), NOW)
    assert isinstance(fact, f.Working)
    assert fact.activity == "ä" * (MESSAGE_LIMIT // 2)
    (odd,) = parse_status("state=working:" + msg("a" + "ä" * MESSAGE_LIMIT), NOW)
    assert isinstance(odd, f.Working)
    odd.activity.encode()


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    coded = base64.b64encode(b"a\xff\x00b").decode()
    assert parse_status(f"state=working:msg={coded}", NOW) == [
        f.Working(at=NOW, activity="a\ufffd\x00b")
    ]


@given(st.text() | st.text("statekindmsgd=:?bloc"))
def test_it_never_raises(data: str) -> None:
    for fact in parse_status(data, NOW):
        assert fact.at == NOW
