"""A configuration that cannot be used: file, line, key and the nearest one; the rest goes on."""

import pytest

from tests.stories.test_bad_input import assert_refused
from tests.support.cockpit import Cockpit
from tests.support.repo import write

pytestmark = pytest.mark.story

BROKEN = {
    "a key that is none": ('[panes]\nsize = "80x24"\nquite_s = 1\n', "line 3", "panes.quiet_s"),
    "no TOML": ('leader = ["ctrl+q"\n[panes]\n', "line 2", ""),
    "a wrong type": ('[panes]\nhistory_limit = "many"\n', "line 2: panes.history_limit", ""),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("whose", ["person", "repository"])
def test_it_is_named_by_file_line_and_key(
    cockpit: Cockpit, text: tuple[str, str, str], whose: str
) -> None:
    file = {"person": cockpit.places.config_file, "repository": cockpit.repo / ".agentmux.toml"}
    broken, line, near = text
    write(file[whose], broken)
    said = cockpit.run("config", "show")
    assert_refused(said, 2, f"{file[whose]}, {line}")
    assert near in said.err


def test_new_is_refused_and_everything_else_goes_on(cockpit: Cockpit) -> None:
    pid = cockpit.new(script="exec cat")["pid"]
    cockpit.do("down")
    write(cockpit.places.config_file, "[worktree]\nroute = 'x'\n")

    said = cockpit.run("new", "--", "sleep", "600")
    assert_refused(said, 2, f"{cockpit.places.config_file}, line 2: worktree.route is not")
    assert "Did you mean worktree.root?" in said.err

    assert cockpit.ls()["s1"]["pid"] == pid
    cockpit.do("send", "1", "on it goes")
    cockpit.await_screen("1", "on it goes")
    cockpit.do("stop", "1")
    assert cockpit.run("resume", "1").code == 2
    write(cockpit.places.config_file, "")
    assert cockpit.do("resume", "1", "--json").json["session"]["run"] == 2
