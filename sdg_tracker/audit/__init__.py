"""The auditor's room: access to one frozen edition until a day, and nothing else."""
