"""How a policy is trained: the run folder, the model, and what is recorded on the way."""
