"""The running multiplexer: where the parts meet.

Its primitives: a `Mux` follows the ledger and shows the fleet to whoever subscribes (`mux`); the
leader is the one process whose Mux also acts on requests (`leader`); a request is asked with
`requests.ask` and its outcome awaited; `panes` is the hot lane of keys and frames, which never
touches the ledger.
"""
