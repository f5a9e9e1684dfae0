"""A number option within bounds that means it: `nan` is none.

Every comparison with not-a-number is false, so click's own range lets it through.
"""

import math
from typing import Any

import click


class Number(click.FloatRange):
    """As `click.FloatRange`, without not-a-number."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number
