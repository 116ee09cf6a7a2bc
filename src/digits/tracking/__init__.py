"""MLflow: where runs and models are kept, how runs are logged and found again, who is champion, and its pages."""
