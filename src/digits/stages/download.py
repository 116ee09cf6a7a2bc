"""Stage 1 of dvc.yaml: MNIST's four files into artifacts/raw; what is right already is not fetched again."""

from pathlib import Path

from digits.config import Config, stage
from digits.data.sources import SourceError, download
from digits.paths import RAW


def torchvision_mirrors() -> list[str]:
    """The mirrors that torchvision knows; asked only where something is missing, for it takes seconds to import.

    Raises:
        SourceError: it cannot be imported.
    """
    try:
        from torchvision.datasets import MNIST
    except (ImportError, OSError, RuntimeError, AttributeError) as error:  # how a torch fails that does not fit
        raise SourceError(f"torchvision cannot be imported: {error}") from error
    return list(MNIST.mirrors)


@stage
def main(config: Config) -> None:
    """Downloads MNIST into artifacts/raw, checked by SHA-256."""
    download(config.download, Path(config.out or RAW), torchvision_mirrors)


if __name__ == "__main__":
    main()
