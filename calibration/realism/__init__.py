"""How close simulated people are to real ones on dialogues that they were not fitted to."""
