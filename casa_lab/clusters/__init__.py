"""Clusters: Dask clusters that Casa starts, finds again, scales and stops."""
