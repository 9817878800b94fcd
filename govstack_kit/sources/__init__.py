"""Where the framework comes from: one reader for each format of its publishers.

Every reader takes a folder or file as published and returns a :class:`~._reading.Reading`: tidy
tables, and a list of what it could not place. Nothing is dropped in silence.
"""
