"""What strangers, broken disks and kills do to Digits: `python -m benchmarks.chaos KIND --help`."""
