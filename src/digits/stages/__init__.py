"""The programs that dvc.yaml runs, a module a stage; they are called, never imported."""
