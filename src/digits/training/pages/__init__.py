"""Training of the page network: made strips, what is asked of each cell, its own session, its own exported file."""
