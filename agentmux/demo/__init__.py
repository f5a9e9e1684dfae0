"""The demo: real tmux, git, worktrees and ledger in a temporary home, with simulated agents.

`personas` says what each simulated agent does, `agent` is the program that does it in a pane,
`stage` makes the repository and starts them, and `headless` runs the whole without a terminal.
Nothing here touches the person's repository, state or configuration.
"""
