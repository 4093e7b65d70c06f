"""Pages of patrols: plans and the organisations behind them."""
