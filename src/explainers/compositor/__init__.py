"""Pixels on their way: layers, the canvas, YUV, the one encoder profile, and joining without loss."""
