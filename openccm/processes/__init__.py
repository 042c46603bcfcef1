"""Running processes: instances, the steps they take, and what people decide of them."""
