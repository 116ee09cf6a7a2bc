"""The window of Digits: a sheet to write on, what it says, and the way from a correction to a better champion.

`session` holds what the window knows and tells what has changed; it knows no widget. `views` draw it, `actions` is
everything a person can do, `work` runs behind; each of them is to be understood alone, and `window` joins them.
Before the first paint only Tk and Pillow are imported. torch never is; MLflow only behind the window, by the registry,
when nobody has asked it since it changed.
"""
