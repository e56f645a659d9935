"""Rules judged on delivered files."""
