"""Reading corpora of real dialogues into one shape, for fitting the simulated person and for testing the fit."""
