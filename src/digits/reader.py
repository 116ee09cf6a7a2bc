"""The reader under its public name: `from digits.reader import Reader`."""

from digits.reading.reader import Reader as Reader
