"""Rules judged before anything is drawn."""
