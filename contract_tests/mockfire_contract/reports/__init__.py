"""Reports: each folds the stream of verdicts."""
