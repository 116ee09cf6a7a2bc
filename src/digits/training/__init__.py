"""Training as a library: networks, batches, the loop, the session around it, the exported file."""
