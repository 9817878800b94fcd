"""How the framework is shown: figures, and later reports."""
