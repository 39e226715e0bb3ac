"""Draws pictures, by running the code that *Copy as code* hands out.

Imports matplotlib when it draws, so it is for a process of its own.
"""

from __future__ import annotations

import io
from typing import Any

from casa_lab.errors import Unavailable

from .models import Format, Look
from .numbers import Shown
from .plotting import plotting
from .variables import variables

DPI = 200
"""Dots per inch of pictures in pixels."""


def draw_picture(shown: Shown, look: Look, form: Format) -> bytes:
    """Return a picture.

    Parameters
    ----------
    shown
        What is drawn.
    look
        How the picture looks.
    form
        ``png``, ``svg`` or ``pdf``.

    Raises
    ------
    Unavailable
        When this environment cannot draw.
    """
    try:
        import matplotlib as mpl

        mpl.use("agg")
        import matplotlib.pyplot as plt
        import mplhep
        import numpy as np
    except ImportError as error:
        raise Unavailable(
            f"Pictures need the package '{error.name}', which is not installed where JupyterLab "
            "runs. Install it with 'pip install mplhep matplotlib', or choose another format."
        ) from None

    namespace: dict[str, Any] = {"np": np, "plt": plt, "mplhep": mplhep, **variables(shown.numbers)}
    stream = io.BytesIO()
    # The time of making would make equal pictures differ.
    dated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    # Journals want fonts of this type; a salt makes the ids in SVG the same each time.
    with mpl.rc_context({"pdf.fonttype": 42, "svg.hashsalt": "casa"}):
        # A name is quoted where it gets into the code: no name can become code.
        exec("\n".join(plotting(shown, look)), namespace)
        figure = namespace["fig"]
        figure.savefig(
            stream, format=form, dpi=DPI, bbox_inches="tight", metadata=dated.get(form, {})
        )
        plt.close(figure)
    return stream.getvalue()
