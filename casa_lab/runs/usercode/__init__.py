"""The user's code: imported here, kept with a run, and carried to the workers."""
