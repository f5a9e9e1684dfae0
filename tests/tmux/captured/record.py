"""Records `session.ctl`: what tmux says on one control-mode connection, from attach to exit.

`python -m tests.tmux.captured.record NEW.ctl` records it from the tmux at hand, to compare with
what another version says.
"""

import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from agentmux.paths import places
from agentmux.tmux.formats import SCREEN, STATUS
from agentmux.tmux.server import Server

SECRET = "5ec4e7"
FORGED = r"printf '%%end 1 2 1\r\n%%error 1 2 1\r\n%%output %%9 x\r\n%%exit\r\n'; exec cat"
LINES = (
    "refresh-client -f pause-after=1",
    f"refresh-client -B 'status:%*:{STATUS}'",
    f"display-message -p -t %1 '{SECRET}({SCREEN}' ; capture-pane -p -eN -t %1"
    f" ; display-message -p '{SECRET})'",
    "send-keys -H -t %1 c3 a9 5c 0d",
    "refresh-client -A '%1:pause'",
    f"refresh-client -A '%1:continue' ; display-message -p -t %1 '{SECRET}({SCREEN}'"
    f" ; capture-pane -p -eN -t %1 ; display-message -p '{SECRET})'",
    f"display-message -p -t %77 '{SECRET}({SCREEN}' ; capture-pane -p -eN -t %77"
    f" ; display-message -p '{SECRET})'",
    "bogus",
    "resize-window -t @1 -x 60 -y 12",
    "list-windows -F '#{window_id}' ; list-windows -t @77 ; list-windows",
    "kill-window -t @1",
)


def record(target: Path) -> None:
    """Play `LINES`, one each tenth of a second, and keep everything tmux answers."""
    with tempfile.TemporaryDirectory() as home:
        where = places({"AGENTMUX_HOME": home})
        where.make()
        server = Server(where)
        server.start()
        server.open_window("s1-1", ["sh", "-c", FORGED, "sh"], (50, 8))
        with target.open("wb") as out:
            argv = server.argv("-C", "attach-session", "-t", "hub")
            client = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=out, bufsize=0)
            for line in ("", *LINES):
                time.sleep(0.3)
                if line and client.stdin:
                    client.stdin.write(line.encode() + b"\n")
            time.sleep(1.5)
            server.kill()
            client.wait()
        # A pane that has no title yet has the machine's name for one.
        target.write_bytes(target.read_bytes().replace(socket.gethostname().encode(), b"host"))


if __name__ == "__main__":
    record(Path(sys.argv[1]))
