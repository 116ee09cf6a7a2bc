"""Digits reads handwritten numbers: see README.md for the tour, `digits --help` for the commands."""

import os

# ONNX Runtime tells its makers about every model it loads, through a database in the user's cache that costs 0.1 s a
# process. Nobody agreed to that, and the switch works only before the runtime is imported (its Privacy.md).
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
