"""Feeds turn the outside into facts: spools, file changes, processes, tmux.

Each is one module with one coroutine that runs in the leader's task group and ends only with it.
"""
