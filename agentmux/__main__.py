"""`python -m agentmux`: the same program as the command `agentmux`."""

from agentmux.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
