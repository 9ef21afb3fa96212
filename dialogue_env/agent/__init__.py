"""What the agent makes of what it hears. Nothing here knows the person."""
