"""The shim, driven through real terminals: a pty stands for tmux, small programs for agents."""
