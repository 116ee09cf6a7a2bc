"""What evaluation tries beyond the test sets: held-out people's digits under other conditions, whole numbers, and
what is no digit."""
