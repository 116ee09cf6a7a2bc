"""Everything that may go, shown, and removed one by one."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext

from filelock import FileLock, Timeout
from platformdirs import user_cache_path

from digits.cleaning import KINDS, files, records, words
from digits.cleaning.thing import Rules, Thing
from digits.errors import DigitsError
from digits.tracking import erasing, registry, store
from digits.tracking.erasing import StillNeeded


def clean(rules: Rules, kinds: Sequence[str], remove: bool, again: str) -> None:
    """Shows what may go, and removes it if that is asked for.

    Args:
        rules: what stays.
        kinds: of `KINDS`.
        remove: whether to remove it.
        again: the command that would.

    Raises:
        DigitsError: MLflow cannot be reached or used, the experiment was deleted, another `digits clean` is removing,
            or something could not be removed.
    """
    with _only_one() if remove else nullcontext():
        things = found(rules, kinds)
        if not things:
            print(
                f"nothing to remove: all is needed, among the newest {rules.keep} or younger than {rules.days:g} days"
            )
            return
        print(words.table(things, rules), flush=True)
        if remove:
            _remove(things)
        else:
            print(f"remove it: {again}")


def found(rules: Rules, kinds: Sequence[str]) -> list[Thing]:
    """What may go of these kinds, in the order of `KINDS`.

    Raises:
        DigitsError: MLflow cannot be reached or used, or the experiment was deleted.
    """
    books = erasing.opened()
    ways: dict[str, Callable[[], Iterator[Thing]]] = {
        "checkpoints": lambda: files.checkpoints(books, rules),
        "pages": lambda: files.pages(books, rules),
        "cache": lambda: files.cache(rules),
    }
    if books:
        with_versions = "versions" in kinds
        ways |= {
            "versions": lambda: records.versions(books, rules),
            "runs": lambda: records.runs(books, rules, with_versions),
            "deleted": lambda: records.deleted(books, rules),
            "artifacts": lambda: records.artifacts(books, rules),
            "folders": lambda: files.folders(books, rules),
        }
    with store.usable(store.tracking_uri()) if books else nullcontext():
        return [thing for kind in KINDS if kind in kinds and kind in ways for thing in ways[kind]()]


def _remove(things: Sequence[Thing]) -> None:
    gone = []
    failed = 0
    for thing in things:
        try:
            thing.remove()
            gone.append(thing)
        except StillNeeded as reason:
            print(f"{thing.name} stays: {reason}")
        except (DigitsError, OSError) as error:
            failed += 1
            print(f"{thing.name} could not be removed: {error}")
    registry.keep()
    print(f"removed  {words.summary(gone)}")
    if failed:
        raise DigitsError(f"{failed} of {len(things)} could not be removed: see above; the same command tries again")


@contextmanager
def _only_one() -> Iterator[None]:
    """No other process of this user removes meanwhile: two would only find that the other was faster."""
    path = user_cache_path("digits") / "clean.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise DigitsError(f"another `digits clean` is removing things ({path}): wait for its end") from None
    with lock:
        yield
