"""Writes code that loads a histogram from a run's folder and draws it as it is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .labels import quoted
from .models import Look
from .numbers import Shown
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


def write_code(snapshot: Path, key: str, uhi: dict[str, Any], shown: Shown, look: Look) -> str:
    """Return Python that needs hist, mplhep and the run's folder, and nothing of Casa.

    Parameters
    ----------
    snapshot
        The file with the run's histograms.
    key
        What the histogram is called inside that file.
    uhi
        The histogram.
    shown
        What is drawn of it.
    look
        How the picture looks.
    """
    return "\n".join(
        [
            _IMPORTS,
            f"with zipfile.ZipFile({quoted(str(snapshot))}) as snapshot:",
            f"    h = hist.Hist(uhi.io.zip.read(snapshot, {quoted(key)}))",
            "",
            *recipe(uhi, shown.numbers),
            "",
            *plotting(shown, look),
            "plt.show()",
            "",
        ]
    )
