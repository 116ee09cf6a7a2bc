"""Stage 2 of dvc.yaml: raw MNIST and the pen handwriting in data/ become the sets that train and evaluate read."""

import json
from pathlib import Path

from digits.config import Config, stage
from digits.data import sets
from digits.data.making import make_sets, summary
from digits.files import written_whole
from digits.paths import SETS


@stage
def main(config: Config) -> None:
    """Writes one npz a set, summary.json and a contact sheet of each set."""
    out = Path(config.out or SETS)
    summaries = {}
    for name, digits in make_sets(config.preprocess, config.seed):
        sets.save(out, name, digits)
        with written_whole(out / "sheets" / f"{name}.png") as path:
            sets.contact_sheet(digits).save(path)
        print(f"{name:18}{len(digits):7,} images")
        summaries[name] = summary(digits)
    with written_whole(out / "summary.json") as path:
        path.write_text(json.dumps(summaries, indent=2) + "\n")


if __name__ == "__main__":
    main()
