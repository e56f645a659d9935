"""Embedding: from finished videos in `renders/` to pages, players and watch pages of a website."""
