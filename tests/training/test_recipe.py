"""The fingerprint of a training: it changes with all that decides the weights, and with nothing that people read."""

from importlib.metadata import version
from pathlib import Path

import pytest

from digits.config import compose
from digits.training import recipe
from digits.training.recipe import fingerprint, logic

CODE = '''"""What it is for."""
def batch(size):
    """A batch."""
    if size < 1:
        raise ValueError(f"{size} is too small")
    print("a batch")
    return size * 2  # twice
'''


def test_files_of_one_name_in_two_folders_both_count(tmp_path: Path) -> None:
    files = [tmp_path / folder / "same.py" for folder in ("a", "b")]
    for file in files:
        file.parent.mkdir()
        file.write_text("x = 1\n")
    before = logic(tmp_path, files)
    assert [*before] == ["a/same.py", "b/same.py"]
    for file in files:
        file.write_text("x = 2\n")
        assert logic(tmp_path, files) != before
        file.write_text("x = 1\n")
    assert logic(tmp_path, files) == before


@pytest.mark.parametrize(
    ("old", "new", "counts"),
    [
        ("What it is for", "What this is for", False),
        ("  # twice", "", False),
        ("is too small", "must be at least 1", False),
        ('    print("a batch")\n', "", False),
        ('    """A batch."""\n', "", False),
        ("size * 2", "size * 3", True),
        ("size < 1", "size < 2", True),
    ],
)
def test_code_counts_and_words_do_not(tmp_path: Path, old: str, new: str, counts: bool) -> None:
    file = tmp_path / "code.py"
    file.write_text(CODE)
    before = logic(tmp_path, [file])
    assert old in CODE
    file.write_text(CODE.replace(old, new))
    assert (logic(tmp_path, [file]) != before) == counts


def test_recipe_data_processor_and_library_versions_count(monkeypatch: pytest.MonkeyPatch) -> None:
    def made(*overrides: str, kind: str = "AVX2, 32-true", data: str = "1") -> str:
        return fingerprint(compose(overrides), kind, {"mnist-train": data})

    given = made()
    assert given == made("out=elsewhere", "evaluate.bins=9")
    others = [made("optimizer.lr=0.02"), made(kind="AVX512, 32-true"), made(data="2")]
    for library in ("torch", "torchvision", "pytorch-lightning", "numpy"):
        changed = {library: "0.0"}
        monkeypatch.setattr(recipe, "version", lambda name, new=changed: new.get(name) or version(name))
        others.append(made())
    assert len({given, *others}) == 1 + len(others)
