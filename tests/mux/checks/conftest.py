"""A subject of the checks: a home of the test's own and a repository in it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from agentmux.git.repo import Repo
from agentmux.mux.checks import CHECKS, Check, Subject, load_subject
from agentmux.paths import places
from tests.support.repo import make_repo

Look = Callable[[str], dict[str, Check]]


@pytest.fixture
def repo(private_home: Path) -> Repo:
    return make_repo(private_home / "acme")


@pytest.fixture
def look(repo: Repo) -> Look:
    """Id → finding of one check, all read anew at each call."""

    def look(name: str) -> dict[str, Check]:
        return {check.id: check for check in CHECKS[name](subject(repo))}

    return look


def subject(repo: Repo) -> Subject:
    return load_subject(places(), os.environ, str(repo.root), str(repo.root))
