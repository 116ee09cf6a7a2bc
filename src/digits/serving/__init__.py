"""Answering for programs: readings as JSON objects, and the model that MLflow serves."""
