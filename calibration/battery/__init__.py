"""The accommodation battery: whether a user model is too kind."""
