"""A processor whose histograms, axes, categories and errors have names of all kinds."""

import awkward as ak
import hist
from coffea import processor

# Markup, quotes, a change of direction that is never undone, an emoji; 500 characters.
HEBREW = "\u202e\u05e2\u05d1\u05e8\u05d9\u05ea"
NAME = f"<img src=x onerror=alert(1)>\"'{HEBREW}\U0001f4a5{'a_very_long_name_' * 30}"[:500]


class Unusual(processor.ProcessorABC):
    """Numbers of muons, but for the first file."""

    def process(self, events):
        if "_1" in events.metadata["filename"]:
            raise ValueError(NAME)
        histogram = hist.Hist(
            hist.axis.StrCategory([], growth=True, name="dataset", label=NAME),
            hist.axis.Integer(0, 6, name="n", label=NAME),
        )
        histogram.fill(dataset=NAME, n=ak.num(events.Muon))
        histogram.fill(dataset=events.metadata["dataset"], n=ak.num(events.Muon))
        return {NAME: histogram, "nested": {NAME: {NAME: histogram}}, "plain": histogram}

    def postprocess(self, accumulator):
        return accumulator
