"""Start one agent in a terminal of its own and relay between it and this pane.

Runs as `python -m agentmux.shim SPEC` and as a plain script: under `-I -S` neither the package
nor site-packages are on the path, so the folder above the package is appended, behind the
standard library and not before it.
"""

import os
import sys

if not __package__:
    sys.path.append(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from agentmux.shim.run import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
