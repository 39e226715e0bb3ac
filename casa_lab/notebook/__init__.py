"""Runs from a notebook: launched, followed and shown in its cells; histograms as well."""
