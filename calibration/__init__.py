"""Fitting the simulated people to corpora of real dialogues, and testing the fit.

``corpora`` reads them into one shape, ``replay`` plays them against simulated people, ``fits`` estimates every
number, ``realism`` and ``battery`` say how like people, and how kind, the result is.
"""
