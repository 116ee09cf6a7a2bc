"""The training that the window runs: starts it, shows how far it is, takes the new champion over."""

from typing import TYPE_CHECKING

from gui.pages import TrainingPage
from gui.training import COMMAND, Outcome, Training, accuracies

if TYPE_CHECKING:
    from digits.tracking.registry import Details
    from gui.app import App

_FOLLOW_MS = 150
"""How often its progress is looked at."""


class Retraining:
    """One training at a time."""

    def __init__(self, app: "App") -> None:
        self._app = app
        self._training: Training | None = None
        self._page: TrainingPage | None = None
        self._champion: Details | None = None
        self._note = ""

    @property
    def running(self) -> bool:
        return self._training is not None and self._training.running

    def open_page(self) -> None:
        """Shows what there is to learn and how far it is."""
        app = self._app
        self._page = TrainingPage(app.body, app.look, app.close_page, self.start, self.cancel, app.commands.copy_text)
        app.show_page(self._page)
        app.teaching.count()
        self._page.running(self.running)
        self.draw()

    def start(self) -> None:
        """Starts `dvc repro` in the project's folder."""
        if self.running:
            return
        app = self._app
        self._note = ""
        app.errands.submit(_champion, self._start)

    def _start(self, champion: "Details | None") -> None:
        self._champion = champion
        try:
            self._training = Training(self._app.project)
        except OSError as error:
            self._app.messages.warn(
                f"{' '.join(COMMAND)} cannot be started ({error.strerror}): `make repro` installs it"
            )
            return
        if self._page is not None and self._page.winfo_exists():
            self._page.running(True)
        self._follow()

    def cancel(self) -> None:
        """Interrupts it; the next one goes on from there."""
        if self._training is not None and self._training.running:
            self._note = "stopping; what is done is kept"
            self._training.cancel()

    def shut_down(self) -> None:
        """The window closes: so does the training, as cancelling does."""
        if self.running:
            self.cancel()

    def _follow(self) -> None:
        training = self._training
        assert training is not None
        self.draw()
        if training.running:
            if not self._on_page:
                self._app.messages.say(f"Training: {training.progress.text}")
            self._app.tk.after(_FOLLOW_MS, self._follow)
            return
        self._ended(training)

    def _ended(self, training: Training) -> None:
        app = self._app
        command = " ".join(COMMAND)
        if training.cancelled:
            self._note = f"Stopped. `{command}` goes on from the last finished epoch."
            app.messages.say(self._note)
        elif training.failed:
            self._note = f"The training stopped: {training.progress.last}. `{command}` in a shell shows all of it."
            app.messages.warn(self._note, "Try again", self.start)
        else:
            self._note = "Done; asking the registry"
            app.errands.submit(_champion, self._done)
        if self._page is not None and self._page.winfo_exists():
            self._page.running(False)
        self.draw()
        app.teaching.count()

    def _done(self, champion: "Details | None") -> None:
        app = self._app
        before, after = (details.number if details else None for details in (self._champion, champion))
        outcome = Outcome(_accuracies(self._champion), accuracies(app.project), before, after)
        self._note = outcome.text
        app.messages.say(outcome.text)
        if after is not None and after != before:
            app.load(None)
        self.draw()

    @property
    def _on_page(self) -> bool:
        return self._page is not None and self._app.page is self._page

    def draw(self) -> None:
        """Shows on its page, if that is open, what there is to learn and how far it is."""
        if self._page is not None and self._page.winfo_exists():
            self._page.show_waiting(self._app.teaching.text or "All samples are learned already.")
            if self._training is not None:
                self._page.show(self._training.progress, self._note)


def _champion() -> "Details | None":
    """What the registry knows of the champion of now."""
    from digits.tracking import registry

    return next((details for details in registry.versions() if details.champion), None)


def _accuracies(champion: "Details | None") -> dict[str, float]:
    """On each test set, as far as its run has them."""
    metrics = champion.metrics if champion else {}
    return {name: metrics[key] for name in ("mnist", "pen") if (key := f"{name}.accuracy") in metrics}
