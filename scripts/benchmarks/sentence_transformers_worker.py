"""The other side of the comparison; runs in the throw-away environment that has torch.

    python sentence_transformers_worker.py MODEL_FOLDER

Each line of stdin is a JSON list of texts, answered by one JSON line: the first with what the start cost, the others
with the time of embedding all of them.
"""

from __future__ import annotations

import json
import sys
import time


def main() -> None:
    started = time.process_time()
    import torch  # type: ignore[import-not-found] # installed in the throw-away environment alone
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(1)
    model = SentenceTransformer(sys.argv[1], device="cpu")
    texts = json.loads(sys.stdin.readline())
    model.encode(texts[:1])
    first = time.process_time() - started
    print(json.dumps({"load_and_first_cpu_seconds": first, "torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        texts = json.loads(line)
        cpu = time.process_time()
        model.encode(texts, batch_size=32)
        print(json.dumps({"cpu_seconds": time.process_time() - cpu}), flush=True)


if __name__ == "__main__":
    main()
