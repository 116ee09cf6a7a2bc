"""Configuration: the shape of every knob in conf/, and how a stage gets them.

`stage` turns a function of a `Config` into a Hydra program; `compose` makes a `Config` without one.
"""

from digits.config.composition import compose, composed, flatten, stage
from digits.config.schema import Config, Download, Preprocess

__all__ = ["Config", "Download", "Preprocess", "compose", "composed", "flatten", "stage"]
