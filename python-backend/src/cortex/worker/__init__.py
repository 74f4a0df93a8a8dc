"""The background: claims jobs, runs their workflows, and keeps house."""
