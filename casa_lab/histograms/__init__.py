"""Histograms: snapshots of a run's accumulator, views of them, and exports."""
