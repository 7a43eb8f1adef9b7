"""One cell to one value: pure, and a `BadValue` with its reason when the cell does not hold one."""
