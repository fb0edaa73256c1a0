"""Asks a TimeGate by `memento_client`, run by the peers: base, address, times; what it found, in JSON."""

from __future__ import annotations

import json
import sys
from datetime import datetime

from memento_client import MementoClient  # type: ignore[import-not-found]

base, url, *times = sys.argv[1:]
client = MementoClient(timegate_uri=f"{base}/timegate/", check_native_timegate=False)
told = []
for at in times:
    found = client.get_memento_info(url, datetime.fromisoformat(at))
    memento = found["mementos"]["closest"]["uri"][0]
    found["is_timegate"] = MementoClient.is_timegate(f"{base}/timegate/{url}")
    found["is_memento"] = MementoClient.is_memento(memento)
    found["original"] = client.get_original_uri(memento)
    told.append(found)
json.dump(told, sys.stdout, default=lambda time: time.isoformat())
