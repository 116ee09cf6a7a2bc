"""What runs behind the window, or outside it: threads, models, files, processes. Knows nothing of the session."""
