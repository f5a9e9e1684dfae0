"""Free names: beside the repository, never in the way of anything that exists."""

from pathlib import Path

import pytest

from agentmux.errors import ConfigError, UsageError
from agentmux.git.naming import (
    branch_in_the_way,
    free_branch,
    plan_branch,
    plan_place,
    require_branch_name,
)
from agentmux.git.repo import Repo
from agentmux.git.worktrees import add_worktree
from tests.support.modes import modes_apply
from tests.support.repo import git, head, make_repo, write


def test_beside_the_repository(repo: Repo, tmp_path: Path) -> None:
    place = plan_place(repo, "csv", data_dir=tmp_path / "data")
    assert place == tmp_path / "shop.worktrees/csv"
    assert not place.parent.exists()


def test_an_existing_folder_file_or_dangling_link_gets_a_number(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "shop.worktrees/csv").mkdir(parents=True)
    write(tmp_path / "shop.worktrees/csv-2", "")
    (tmp_path / "shop.worktrees/csv-3").symlink_to("nowhere")
    assert plan_place(repo, "csv", data_dir=tmp_path / "data").name == "csv-4"


def test_a_registered_worktree_whose_folder_is_gone_counts(repo: Repo, tmp_path: Path) -> None:
    place = tmp_path / "shop.worktrees/csv"
    add_worktree(repo, place, "csv", head(repo.root))
    place.rename(tmp_path / "moved")
    assert plan_place(repo, "csv", data_dir=tmp_path / "data").name == "csv-2"


def test_the_template_has_fields_home_and_absolute_paths(repo: Repo, tmp_path: Path) -> None:
    def planned(template: str) -> Path:
        return plan_place(repo, "csv", data_dir=tmp_path, template=template, branch="a/csv", slot=3)

    assert planned("trees/{slot}-{branch}") == repo.root / "trees/3-a-csv"
    assert planned("~/{repo}/{slug}") == Path.home() / "shop/csv"
    assert planned(f"{tmp_path}/t/{{slug}}") == tmp_path / "t/csv"
    with pytest.raises(ConfigError, match=r"worktree\.root has an unknown field {slog}") as refused:
        planned("{slog}")
    assert refused.value.hint == "Known: {repo}, {slug}, {branch}, {slot}"


def test_a_read_only_parent_sends_it_to_the_data_folder(tmp_path: Path) -> None:
    repo = make_repo(tmp_path / "closed/shop")
    data = tmp_path / "data"
    repo.root.parent.chmod(0o555)
    try:
        with modes_apply():
            place = plan_place(repo, "csv", data_dir=data)
    finally:
        repo.root.parent.chmod(0o755)
    assert place.parent.parent == data / "worktrees"
    assert place.parent.name.startswith("shop-")
    assert place.name == "csv"


def test_a_file_in_the_parents_place_sends_it_there_too(repo: Repo, tmp_path: Path) -> None:
    write(tmp_path / "shop.worktrees", "")
    assert plan_place(repo, "csv", data_dir=tmp_path / "data").is_relative_to(tmp_path / "data")


def test_branches_come_from_the_template(repo: Repo) -> None:
    assert plan_branch(repo, "csv") == "agentmux/csv"
    assert plan_branch(repo, "csv", template="me/{slot}/{slug}", slot=2) == "me/2/csv"
    with pytest.raises(ConfigError, match=r"worktree\.branch_template"):
        plan_branch(repo, "csv", template="{name}")


@pytest.mark.parametrize(
    ("existing", "free"),
    [
        ([], "agentmux/csv"),
        (["agentmux/csv"], "agentmux/csv-2"),
        (["agentmux/csv", "agentmux/csv-2"], "agentmux/csv-3"),
        (["agentmux"], "agentmux-2/csv"),
        (["agentmux", "agentmux-2/csv"], "agentmux-2/csv-2"),
        (["agentmux/csv/more"], "agentmux/csv-2"),
        (["Agentmux/CSV"], "agentmux/csv-2"),
        (["agentmux/csv-export"], "agentmux/csv"),
    ],
)
def test_a_clash_moves_the_part_that_clashes(existing: list[str], free: str) -> None:
    assert free_branch("agentmux/csv", existing) == free


@pytest.mark.parametrize("existing", ["agentmux", "agentmux/csv", "agentmux/csv/x"])
def test_git_accepts_the_free_name(repo: Repo, existing: str) -> None:
    git(repo.root, "branch", existing)
    git(repo.root, "branch", plan_branch(repo, "csv"))


def test_a_branch_of_the_remote_is_not_taken_again(repo: Repo) -> None:
    git(repo.root, "update-ref", "refs/remotes/origin/agentmux/csv", "HEAD")
    assert plan_branch(repo, "csv") == "agentmux/csv-2"


@pytest.mark.parametrize(
    "name", ["", "-x", "a b", "a..b", "a~1", "@{-1}", "HEAD", "a\nb", "a\0b", "a.lock", "x/", "-"]
)
def test_what_cannot_be_a_branch(repo: Repo, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a branch"):
        require_branch_name(repo, name)


@pytest.mark.parametrize("name", ["main", "#(touch", "ünï/x", "a'b", 'q"x'])
def test_what_can(repo: Repo, name: str) -> None:
    require_branch_name(repo, name)


def test_a_branch_above_or_below_is_in_the_way(repo: Repo) -> None:
    for branch in ("a", "b/c/d", "bee"):
        git(repo.root, "branch", branch)
    assert branch_in_the_way(repo, "a/x") == "a"
    assert branch_in_the_way(repo, "a/x/y") == "a"
    assert branch_in_the_way(repo, "b") == branch_in_the_way(repo, "b/c") == "b/c/d"
    assert branch_in_the_way(repo, "b/x") is None
    assert branch_in_the_way(repo, "be") is None
    assert branch_in_the_way(repo, "a") is None
