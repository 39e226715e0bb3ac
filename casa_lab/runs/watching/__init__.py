"""What a run tells those who watch it: how fast it was and will be, and how its files are."""
