"""Estimators of what people do, each from the corpus that tells it, and the population file they make up."""
