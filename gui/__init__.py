"""The window of Digits: a sheet to write on, what it says, and the way from a correction to a better champion.

State and logic live in modules that know no widget (sheet, readout, collected, history, settings, training,
models); every view is one small file that draws them and binds events; `app` joins the two.
Before the first paint only Tk and Pillow are imported. Torch never is.
"""
