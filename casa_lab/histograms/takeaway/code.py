"""Writes code that loads a histogram from a run's folder and draws it as it is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from casa_lab.histograms.models import Histogram

from .labels import quoted
from .models import Choice, Look
from .numbers import Numbers
from .plotting import plotting
from .recipe import recipe

_IMPORTS = """\
import zipfile

import hist.intervals
import matplotlib.pyplot as plt
import mplhep
import numpy as np
import uhi.io.zip
"""


def write_code(
    snapshot: Path,
    key: str,
    uhi: dict[str, Any],
    numbers: Numbers,
    histogram: Histogram,
    choice: Choice,
    look: Look,
) -> str:
    """Return Python that needs hist, mplhep and the run's folder, and nothing of Casa.

    Parameters
    ----------
    snapshot
        The file with the run's histograms.
    key
        What the histogram is called inside that file.
    uhi
        The histogram.
    numbers
        What is drawn of it.
    histogram, choice, look
        What it is, and how it is to be drawn.
    """
    return "\n".join(
        [
            _IMPORTS,
            f"with zipfile.ZipFile({quoted(str(snapshot))}) as snapshot:",
            f"    h = hist.Hist(uhi.io.zip.read(snapshot, {quoted(key)}))",
            "",
            *recipe(uhi, numbers),
            "",
            *plotting(numbers, histogram, choice, look),
            "plt.show()",
            "",
        ]
    )
