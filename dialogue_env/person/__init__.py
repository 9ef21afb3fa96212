"""Who people are, and what an exchange does to them. Nothing here knows what the agent believes."""
