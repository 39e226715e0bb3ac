"""What is counted, once each and in which order, and what is told of it."""
