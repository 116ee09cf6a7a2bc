"""`python -m gui [PICTURE] [--model URI_OR_FILE]`: the same as `digits gui`."""

import sys

from gui.app import main

if __name__ == "__main__":
    sys.exit(main())
