"""Published corpora, and ones of the user's own, as labelled dialogues: what is read, from where, and what its labels mean."""
