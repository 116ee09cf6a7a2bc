"""The ranges that knobs may lie in, as annotations: `width: Count` refuses 0 before any work."""

from typing import Annotated

from annotated_types import Ge, Gt, Interval

Count = Annotated[int, Ge(1)]
Natural = Annotated[int, Ge(0)]
Share = Annotated[float, Interval(ge=0, le=1)]
LessThanAll = Annotated[float, Interval(ge=0, lt=1)]
"""A part of something of which some must remain."""
Positive = Annotated[float, Gt(0)]
