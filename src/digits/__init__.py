"""Digits reads handwritten numbers: see README.md for the tour, `digits --help` for the commands."""

import os

# Some libraries tell their makers what is done with them. Nobody agreed to that, and the switches work only before they
# are imported. ONNX Runtime's costs 0.1 s a process besides, for a database in the user's cache (its Privacy.md).
for _switch, _off in {
    "ORT_DISABLE_TELEMETRY": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "RAY_USAGE_STATS_ENABLED": "0",
    "DVC_NO_ANALYTICS": "true",
}.items():
    os.environ.setdefault(_switch, _off)
