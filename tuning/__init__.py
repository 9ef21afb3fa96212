"""How hard should it push: sweeps over reward weights, the trade-off that they buy, and the choice among them."""
