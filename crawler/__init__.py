"""How pages are fetched: politely, recorded to the octet, and only then handed on.

Every exchange goes through one download handler (`wire` tees the octets, `recording` keeps them) and is in
the archive before any callback sees the reply. `addon` puts the parts into Scrapy; `handover` gives archived
captures to the parser in worker processes; `nightly` is the night's order of work.
"""
