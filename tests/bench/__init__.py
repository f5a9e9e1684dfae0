"""Benchmarks: the whole program as a person runs it, beside a plain `tmux attach`.

Never part of the test run: a figure of a busy machine is no verdict. `./run bench panes`.
"""
