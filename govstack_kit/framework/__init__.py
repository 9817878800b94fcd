"""What the framework says: tables, their rules, and the graph they make."""
