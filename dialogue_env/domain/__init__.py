"""What the talk is about, as data."""
