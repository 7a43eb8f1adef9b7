"""A branch with a believable past, made by the product's own services under a clock that moves."""
