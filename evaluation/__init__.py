"""How good a policy is: the same people for every policy, intervals on every number."""
