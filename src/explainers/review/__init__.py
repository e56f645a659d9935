"""What changed between two states of a video, and whether it still holds: for reviews and CI."""
