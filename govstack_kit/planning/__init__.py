"""What a country decides: one plan file, its use cases with their steps, and how they are kept."""
