"""Who decides: rules, planners and learned policies behind one loader."""
