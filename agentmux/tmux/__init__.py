"""The only room that talks to tmux; it says everything to that tool and nothing about why.

Two ways in. `server` and `pane` run the tmux program once per call: rare verbs, called from
threads. `client` holds one control-mode connection for keys and captures, and `protocol` reads
what comes back. `formats` holds every format we ask tmux for; all of them are constants, because
a format made of outside text runs commands.

libtmux reads structure with a list of all formats joined by a printable mark, pane titles among
them: a program that puts the mark into its title makes every listing raise ValueError (0.62).
So the lists here are our own few fields, free text last.
"""
