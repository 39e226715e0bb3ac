"""Which processors there are and what they take, found by reading: nothing is imported."""
