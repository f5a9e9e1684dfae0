"""The program between a tmux pane and its agent: it passes bytes on and writes down what it saw.

It stands here because tmux hides what the best agents say about themselves (OSC 7501), answers
none of their questions about keys and colours, and keeps neither keystrokes nor causes of death.
The room imports nothing of agentmux and only the light part of the standard library, so that it
starts in milliseconds under `python -I -S`. `scan`, `keys`, `modes`, `pacing` and `ending` are
pure; `relay` moves the bytes; `recorder` and `spool` write the rows that the leader reads.
"""
