"""What is kept: the archive (WARC segments), the index of captures, and the records.

The archive and the index are written together, record first: a row never points at octets that are not on
disk. Records (versions, figures, findings, doubts, changes) are append-only and are made from what the parser
read. This room imports nothing from `crawler`, `spiders` or `cli`.
"""
