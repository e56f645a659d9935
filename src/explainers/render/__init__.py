"""Storyboard to files: the pipeline, and everything that makes, keeps and publishes what it needs."""
