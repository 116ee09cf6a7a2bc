"""What people see: each view knows the session and the look, and no other view."""
