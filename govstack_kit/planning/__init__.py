"""What the country decides: the plan and the guided path through it."""
