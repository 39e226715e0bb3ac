"""Sample data: deterministic NanoAOD files with the shapes of real physics.

Drell-Yan, top pairs, W + jets, dibosons, and pseudo-data mixed from them with
Poisson counts by cross section and luminosity. Nothing is imported until the
sample is made, so that asking whether it exists costs nothing.
"""

from .build import is_sample, make_sample, sample_facts

__all__ = ["is_sample", "make_sample", "sample_facts"]
