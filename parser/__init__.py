"""What a report says: bytes in, report out.

`parse` is a pure function of the payload: the same octets give the same reading on every machine, without a
network, a model or a clock. It imports nothing from the other rooms. The way through the room:

    payload ──► readers ──► Document ──► forms ──► Report ──► checks ──► findings
    (bytes)     one a file   blocks,     labels     figures    relations
                format       grids       to keys               of the form

`parse` never raises for what a payload contains: what cannot be read is a named `State`.
"""
