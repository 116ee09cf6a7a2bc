"""The reader under its public name, which moves of the rooms leave alone: `from digits.reader import Reader`."""

from digits.reading.reader import Reader as Reader
