"""Pacing: output and quiet alternate, and fast values are thinned to the newest."""

from agentmux.shim.pacing import Newest, Quiet, Row


def test_output_and_quiet_alternate() -> None:
    quiet = Quiet(2.0)
    assert [quiet.heard(now) for now in (10.0, 11.0)] == [True, False]
    assert quiet.due == 13.0
    assert [quiet.tick(now) for now in (12.9, 13.0, 20.0)] == [False, True, False]
    assert [quiet.heard(now) for now in (21.0, 22.0)] == [True, False]


def test_an_agent_that_never_says_anything_is_quiet() -> None:
    quiet = Quiet(2.0)
    quiet.begin(10.0)
    assert [quiet.tick(now) for now in (11.9, 12.0, 20.0)] == [False, True, False]


def test_the_first_output_is_news() -> None:
    quiet = Quiet(2.0)
    quiet.begin(10.0)
    assert quiet.heard(10.1)


def test_nothing_is_due_while_nothing_waits() -> None:
    quiet, newest = Quiet(2.0), Newest(0.25)
    dues = [(quiet.due, newest.due)]
    quiet.heard(1.0)
    newest.offer({"e": "title", "text": "a"}, 1.0)
    dues.append((quiet.due, newest.due))
    quiet.tick(3.0)

    assert [*dues, (quiet.due, newest.due)] == [(None, None), (3.0, None), (None, None)]


def test_the_newest_value_of_an_interval_is_told() -> None:
    newest = Newest(0.25)
    rows: list[Row] = [{"e": "title", "text": text} for text in "abc"]
    told = [newest.offer(row, at) for row, at in zip(rows, (1.0, 1.1, 1.2), strict=True)]

    assert told == [rows[0], None, None]
    assert newest.due == 1.25
    assert [newest.tick(now) for now in (1.24, 1.25, 9.0)] == [None, rows[2], None]


def test_what_was_told_last_is_not_told_again() -> None:
    newest = Newest(0.25)
    newest.offer({"e": "title", "text": "a"}, 1.0)
    newest.offer({"e": "title", "text": "b"}, 1.1)
    newest.offer({"e": "title", "text": "a"}, 1.2)

    assert newest.tick(1.25) is None
    assert newest.due is None


def test_the_end_takes_what_waits() -> None:
    newest = Newest(0.25)
    newest.offer({"e": "title", "text": "a"}, 1.0)
    newest.offer({"e": "title", "text": "b"}, 1.1)

    assert newest.take(1.1) == {"e": "title", "text": "b"}
    assert newest.take(1.1) is None
