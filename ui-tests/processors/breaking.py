"""A processor with a mistake that shows in one file: not every event has a muon."""

import awkward as ak
import hist
from coffea import processor


def leading(events):
    """Return the momentum of the leading muon."""
    return events.Muon.pt[:, 0]


class Breaking(processor.ProcessorABC):
    """Momentum of the leading muon, but for the events without any."""

    def process(self, events):
        if "_2" not in events.metadata["filename"]:
            events = events[ak.num(events.Muon) > 0]
        histogram = hist.Hist.new.Reg(40, 0, 200, name="pt", label="Leading muon pT [GeV]").Weight()
        histogram.fill(pt=leading(events))
        return {"pt": histogram}

    def postprocess(self, accumulator):
        return accumulator
