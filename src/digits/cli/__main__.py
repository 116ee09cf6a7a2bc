"""`python -m digits.cli`: the same as `digits`."""

import sys

from digits.cli import main

if __name__ == "__main__":
    sys.exit(main())
