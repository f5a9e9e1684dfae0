"""The append-only record: the only store of facts and the only bus between processes.

`codec` turns an event into a row and back, `chain` ties each row to the one before, `store.Ledger`
appends and reads, and `writer.Writer` does the same from an event loop without ever blocking it.
"""
