"""Rules judged on a page beside the storyboard."""
