"""Where the tables come from: one reader a published format, and the update."""
