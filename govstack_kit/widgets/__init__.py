"""How it is touched: controls for notebooks, usable by mouse and keyboard."""
