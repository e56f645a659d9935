"""What stands beside the video: poster, captions, chapters, transcript, contact sheet, manifest."""
