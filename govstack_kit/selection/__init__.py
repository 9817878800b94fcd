"""Which building blocks, which products, in what order: a country's selection, computed."""
