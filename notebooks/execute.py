"""Runs notebooks and writes them with what they show, so that equal results are equal files.

python notebooks/execute.py [NOTEBOOK…] [--out FOLDER]

Without arguments all of this folder, in place. A cell that fails ends it with status 1 and the cell's traceback.
"""

import argparse
import base64
import io
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from PIL import Image

from digits.files import written_whole

HERE = Path(__file__).parent

TIMEOUT = 600
"""Seconds that a kernel may take to start, and a cell to end: far more than on an idle machine."""

STEP = 17
"""Between two of the 16 levels that red, green and blue keep: hardly to be seen, and a third of the bytes for git."""


def execute(notebook: Path) -> nbformat.NotebookNode:
    """The notebook with the outputs of a fresh kernel, without what another run or machine would have otherwise: times
    of day, the kernel's version, and what libraries say on standard error.

    Raises:
        CellExecutionError: a cell failed.
    """
    content = nbformat.read(notebook, as_version=4)
    client = NotebookClient(
        content,
        timeout=TIMEOUT,
        startup_timeout=TIMEOUT,
        record_timing=False,
        coalesce_streams=True,  # else what is printed comes in as many parts as it happened to arrive in
        resources={"metadata": {"path": str(notebook.parent)}},  # where Jupyter starts a kernel
    )
    client.create_kernel_manager().transport_encryption = "auto"  # others on this machine cannot listen to the kernel
    client.execute()
    content.metadata.pop("language_info", None)
    for cell in (cell for cell in content.cells if cell.cell_type == "code"):
        cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = lighter(output.data["image/png"])
    return content


def lighter(png: str) -> str:
    """A PNG in base64 as another one with fewer colours, and nothing but the picture in it."""
    picture = (
        Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB").point(lambda level: round(level / STEP) * STEP)
    )
    buffer = io.BytesIO()
    picture.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode()


def main() -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK", default=sorted(HERE.glob("*.ipynb")))
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="write there; by default where each lies")
    arguments = parser.parse_args()
    for notebook in arguments.notebooks:
        print(notebook.name, flush=True)
        try:
            content = execute(notebook)
        except CellExecutionError as error:
            print(f"error: {notebook} fails:\n{error}", file=sys.stderr)
            return 1
        with written_whole((arguments.out or notebook.parent) / notebook.name) as path:
            nbformat.write(content, path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
