"""The pure middle: values in, values out; the clock is an argument and nothing here does I/O.

Its primitives: an `Event` is a past-tense fact (`events`), a `Session` is what the facts say of
one agent at work (`session`), a `Fleet` is all of them now (`fleet`), and `Agent` is what may be
asked of an adapter (`agent`).
"""
