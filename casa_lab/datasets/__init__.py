"""Datasets: where they are listed, what is in their files, and sample data."""
