"""The table: every check runs, changes nothing, and fails without ending the others."""

from pathlib import Path

import pytest

from agentmux.git.repo import Repo
from agentmux.mux.checks import CHECKS, repair_all, run_checks
from tests.mux.checks.conftest import subject


def test_a_fresh_home_is_well(repo: Repo, private_home: Path) -> None:
    found = list(run_checks(subject(repo)))
    assert [check for check in found if check.level == "fail"] == []
    assert list(repair_all(subject(repo))) == []
    home = private_home / "agentmux"
    made = {path.name for path in home.rglob("*")}
    assert made <= {"cache", "versions.json"}  # no server, no ledger, no folders


def test_each_id_begins_with_its_name_in_the_table(repo: Repo) -> None:
    for name, check in CHECKS.items():
        for found in check(subject(repo)):
            assert found.id.partition(".")[0] == name


def test_an_error_is_a_failed_check_and_the_others_go_on(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENTMUX_TMUX", "no-such-tmux")
    found = {check.id: check for check in run_checks(subject(repo))}
    assert found["tmux"].level == "fail"
    assert "no-such-tmux was not found" in found["tmux"].message
    assert found["tmux"].fix
    assert found["git"].level == "ok"
    assert "locks" in found


def test_every_check_has_its_test() -> None:
    folder = Path(__file__).parent
    texts = "".join(path.read_text() for path in folder.glob("test_*.py"))
    assert [name for name in CHECKS if f'look("{name}")' not in texts] == []
