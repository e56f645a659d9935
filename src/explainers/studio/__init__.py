"""The studio: a local page on which a storyboard is edited and seen at once.

The server keeps files, tabs and worker processes apart: planning, drawing and animatics each have a
process of their own, so that a kind that fails or a shot that takes long never holds up the page.
"""
