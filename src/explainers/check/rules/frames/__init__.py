"""Rules judged from what drawing a shot stored beside it."""
