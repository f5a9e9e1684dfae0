"""Every pointer leads somewhere: links, sections, modules and tests named in the documentation."""

import re
from collections.abc import Collection
from pathlib import Path

import pytest

LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
NOTE = re.compile(r"((?:(?<=`)|docs/(?:design|guide|reference)/)[a-z-]+\.md)`?(?: (\d+)\b)?")
MODULE = re.compile(r"`((?:[a-z_]+/)+[a-z_]+\.py)`")
TEST = re.compile(r"`(test_\w+)`")


def anchors(text: str) -> set[str]:
    """What a heading is called in a link to it."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def dead_links(page: Path) -> list[str]:
    """Relative links of a page whose file or heading is not there."""
    dead = []
    for to, heading in LINK.findall(page.read_text()):
        target = page.parent / to if to else page
        if not target.exists() or (heading and heading not in anchors(target.read_text())):
            dead.append(f"{to}#{heading}" if heading else to)
    return dead


def dead_notes(text: str, folder: Path, root: Path) -> list[str]:
    """Pages, and numbered sections of pages, that a text names and that are not there.

    A bare name stands for the page beside it.
    """
    dead = []
    for name, section in NOTE.findall(text):
        page = root / name if "/" in name else folder / name
        if not page.exists():
            dead.append(name)
        elif section and f"\n## {section}. " not in page.read_text():
            dead.append(f"{name} {section}")
    return dead


def missing(pattern: re.Pattern[str], text: str, known: Collection[str]) -> list[str]:
    """Names of a kind in `text` that are not known."""
    return sorted(set(pattern.findall(text)) - set(known))


@pytest.fixture(scope="module")
def written() -> list[Path]:
    """Every page there is."""
    root = Path(__file__).parents[2]
    return sorted([*root.glob("*.md"), *(root / "docs").rglob("*.md")])


def test_links_lead_somewhere(written: list[Path]) -> None:
    assert len(written) > 20
    assert {page.name: dead for page in written if (dead := dead_links(page))} == {}


def test_a_planted_dead_link_is_seen(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("# One thing\n\n## Its `code`, explained\n")
    (tmp_path / "a.md").write_text(
        "# Top\n[1](c.md) [2](b.md) [3](b.md#its-code-explained) [4](b.md#other) [5](#top) "
        "[6](#bottom) [7](https://example.invalid)"
    )
    assert dead_links(tmp_path / "a.md") == ["c.md", "b.md#other", "#bottom"]


def test_notes_named_in_the_program_exist(root: Path) -> None:
    texts = [p for room in ("agentmux", "tests") for p in sorted((root / room).rglob("*.py"))]
    notes = [path for path in texts if path.parent.name != "house"]
    dead = {
        path.name: found
        for path in notes
        if (found := [d for d in dead_notes(path.read_text(), path.parent, root) if "/" in d])
    }
    assert dead == {}


def test_notes_named_in_notes_exist(root: Path) -> None:
    pages = sorted((root / "docs/design").glob("*.md"))
    dead = {p.name: found for p in pages if (found := dead_notes(p.read_text(), p.parent, root))}
    assert dead == {}


def test_a_planted_dead_note_is_seen(tmp_path: Path) -> None:
    design = tmp_path / "docs/design"
    design.mkdir(parents=True)
    (design / "a.md").write_text("# A\n\n## 1. First\n")
    text = "Source: `docs/design/a.md` 1, `docs/design/a.md` 2, `a.md` 3 and `b.md`."
    assert dead_notes(text, design, tmp_path) == ["docs/design/a.md 2", "a.md 3", "b.md"]


def test_modules_and_tests_named_in_notes_exist(root: Path) -> None:
    pages = sorted([*(root / "docs/design").glob("*.md"), *(root / "docs").glob("*.md")])
    text = "\n".join(page.read_text() for page in pages)
    package = root / "agentmux"
    modules = {p.relative_to(package).as_posix() for p in package.rglob("*.py")}
    modules |= {p.relative_to(root).as_posix() for p in root.rglob("*.py")}
    code = "\n".join(p.read_text() for p in (root / "tests").rglob("*.py"))
    tests = set(re.findall(r"def (test_\w+)", code))
    assert len(TEST.findall(text)) > 50
    assert missing(MODULE, text, modules) == []
    assert missing(TEST, text, tests) == []


def test_a_planted_name_of_nothing_is_seen() -> None:
    text = "`core/fleet.py`, `core/flat.py`, `test_a` and `test_b`"
    assert missing(MODULE, text, {"core/fleet.py"}) == ["core/flat.py"]
    assert missing(TEST, text, {"test_a"}) == ["test_b"]
