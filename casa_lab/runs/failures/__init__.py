"""Failures of runs: their causes, lists and groups, and what becomes of them."""
