"""The framework-free description of a network: ops, tensors, lifetimes, the arena planner."""
