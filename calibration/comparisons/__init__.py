"""Comparisons of simulated with real people, one module per corpus."""
