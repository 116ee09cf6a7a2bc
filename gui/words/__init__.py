"""Every word that a person sees in the window, grouped by where it is met; nothing but words, and quick to import.

`window` is what frames all else: its foot, its keys, its files. `sheet` is where people write and open pictures,
`reading` what stands beside it and how a digit is taught, `training` the pages of trainings and models, `forms` the
windows for forms. What an action is called, and what F1 says of it, stands with the action in `gui/actions.py`.

Values go in by name, as `str.format` puts them. Where a number decides about the words, a function here does it.
"""

from . import forms, reading, sheet, training, window

__all__ = ["forms", "reading", "sheet", "training", "window"]
