"""The page: whole in itself, and nothing from outside can become markup."""

import re
from dataclasses import replace
from html.parser import HTMLParser

from agentmux.core.meter import Gap, Who
from agentmux.ledger.windows import Counted
from agentmux.report.checks import Check
from agentmux.report.grouping import report_by
from agentmux.report.page import WORDS, page
from agentmux.report.strips import Stretch
from tests.support.events import at

HOSTILE = '</title><script>alert("x")</script>&\x1b<img src=http://x onerror=1>'
VOID = {"meta", "line", "rect", "br"}


class Tags(HTMLParser):
    """Which tags and attributes there are, and whether each is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in {"meta"}:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def strips(name: str = "s1 one") -> dict[str, list[Stretch]]:
    stretches = [Stretch(word, at(n * 60), at(n * 60 + 60)) for n, word in enumerate(WORDS)]
    return {name: stretches}


def test_it_is_well_formed_and_has_figures_and_pictures(counted: Counted) -> None:
    text = page(report_by(counted, ["session"]), strips())
    told = Tags(text)
    assert {"svg", "table", "rect", "dl"} <= told.tags
    assert "s1 name-s1" in told.texts
    assert any("$1.00" in each for each in told.texts)
    assert text.count("<rect class=asking") == 1


def test_nothing_is_fetched_and_nothing_runs(counted: Counted) -> None:
    text = page(report_by(counted, ["session"]), strips())
    assert not re.search(r"https?://|url\(|@import|javascript:", text)
    assert "default-src 'none'" in text


def test_text_from_outside_stays_text(counted: Counted) -> None:
    who = {i: Who(HOSTILE, HOSTILE, HOSTILE) for i in counted.who}
    gaps = [Gap(at(0), at(60), certain=True)]
    hostile = replace(counted, who=who, gaps=gaps)
    checks = [Check("little", False, HOSTILE)]
    for by in ("session", "agent", "branch"):
        text = page(report_by(hostile, [by]), strips(HOSTILE), checks)
        told = Tags(text)
        assert not told.tags & {"script", "img"}
        assert "onerror" not in told.attributes
        assert "\x1b" not in text


def test_a_report_of_nothing_is_a_page(counted: Counted) -> None:
    told = Tags(page(report_by(Counted(None, at()), ["day"]), {}))
    assert "svg" not in told.tags
