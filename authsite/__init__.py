"""The project: it reads the environment and knows settings and routes, nothing else."""
