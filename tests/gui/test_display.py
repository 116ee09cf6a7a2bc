"""The ground that the window will stand on: this Python has Tk, and the tests have a screen."""

import tkinter

import pytest


def test_a_window_opens_on_the_virtual_screen(display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", display)
    window = tkinter.Tk()
    window.update()
    assert window.winfo_viewable()
    window.destroy()
