"""Hyperparameter search over conf/: `digits sweep`."""
