"""From hostile bytes to a clean document. `worker.Parser` is the door; all else runs in its worker process."""
