"""What the driver of a run does, from Runner's calls to the saved result."""
