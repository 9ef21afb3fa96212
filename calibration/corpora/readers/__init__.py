"""Readers of published corpora, one module for each, and of users' own."""
