"""newsdesk against other extractors: quality, speed, languages. One command, also for strangers.

    python tests/benchmarks/train_body.py --keep FOLDS                 # once for each state of the extractor
    python tests/benchmarks/compare.py --folds FOLDS                   # JSON results and a report
    python tests/benchmarks/compare.py --folds FOLDS --write           # also the README's section and its plot
    python tests/benchmarks/compare.py --only speed                    # or quality; what is left out is kept from before
    python tests/benchmarks/compare.py --folds FOLDS --pages 100       # 100 pages of each corpus, drawn by a fixed seed
    python tests/benchmarks/compare.py --only report --write           # the report again, from the results there are

Needs the development corpora with their scoring programs (`--bench`, default `../shared/bench`) and Python 3.11; the
peers come from `peers.txt`, into an environment of their own (`--env`, default in the user's cache folder).

newsdesk's body model was trained on these corpora. So its bodies are read by `compare_measure.held_out`: each page
by the model of its fold, which has not seen its site (`adapter` knows the folds). Only the speed is that of the shipped model.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PEERS = HERE / "peers.txt"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "newsdesk-benchmark"
INSIDE = "NEWSDESK_COMPARE_INSIDE"


def environment(folder: Path) -> Path:
    """The interpreter of the peers' environment, brought up to `peers.txt` where that has changed."""
    python, mark = folder / "bin/python", folder / "peers.sha256"
    wanted = hashlib.sha256(PEERS.read_bytes()).hexdigest()
    if not mark.exists() or mark.read_text() != wanted:
        print(f"installing the peers into {folder}", file=sys.stderr, flush=True)
        if not python.exists():
            venv.create(folder, with_pip=True)
        pip = [str(python), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "--upgrade", "pip"], check=True)
        subprocess.run([*pip, "--requirement", str(PEERS)], check=True)
        mark.write_text(wanted)
    return python


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=Path, help="what `train_body.py --keep` wrote; needed for the quality")
    parser.add_argument("--bench", type=Path, default=ROOT / "../shared/bench", help="corpora and scoring programs")
    parser.add_argument("--env", type=Path, default=CACHE / "env", help="folder of the peers' environment")
    parser.add_argument("--out", type=Path, default=CACHE / "results", help="folder for results.json and report.md")
    parser.add_argument("--only", choices=["quality", "speed", "report"])
    parser.add_argument("--pages", type=int, help="at most so many pages of each corpus, for the quality")
    parser.add_argument("--timed", type=int, default=100, help="pages of each corpus, for the speed (default 100)")
    parser.add_argument("--datasets", default="fundus,wcxb,chinese,mozilla,postlight,trafilatura")
    parser.add_argument("--jobs", type=int, default=2, help="worker processes, for the quality (default 2)")
    parser.add_argument("--write", action="store_true", help="refresh the README's section and the plot")
    return parser.parse_args()


def measure(chosen: argparse.Namespace) -> None:
    """Runs inside the peers' environment."""
    import compare_measure
    import compare_report

    chosen.out.mkdir(parents=True, exist_ok=True)
    path = chosen.out / "results.json"
    results = json.loads(path.read_text("utf-8")) if path.exists() else {}
    for name in chosen.datasets.split(",") if chosen.only in (None, "quality") else ():
        results.setdefault("quality", {})[name] = compare_measure.quality(name, chosen.pages, chosen.jobs)
        path.write_text(json.dumps(results, indent=1), "utf-8")
    if chosen.only in (None, "speed"):
        results["speed"] = compare_measure.speed(["wcxb", "fundus"], chosen.timed)
        path.write_text(json.dumps(results, indent=1), "utf-8")
    report = compare_report.full(results)
    (chosen.out / "report.md").write_text(report, "utf-8")
    print(report)
    if chosen.write:
        (HERE / "compare.svg").write_text(compare_report.plot(results), "utf-8")
        compare_report.refresh(ROOT / "README.md", compare_report.section(results))


def main() -> None:
    chosen = options()
    if chosen.only in (None, "quality") and not (chosen.folds and (chosen.folds / "fold0.json").exists()):
        raise SystemExit("the quality needs --folds DIR, written by: python tests/benchmarks/train_body.py --keep DIR")
    if os.environ.get(INSIDE):
        measure(chosen)
        return
    python = environment(chosen.env)
    bench = str(chosen.bench.resolve())
    # Hash seeds fixed: some peers iterate over sets of strings.
    variables = {**os.environ, INSIDE: "1", "PYTHONHASHSEED": "0", "PYTHONPATH": f"{ROOT}:{HERE}:{bench}"}
    if chosen.folds:
        variables["NEWSDESK_FOLDS"] = str(chosen.folds.resolve())
    raise SystemExit(subprocess.run([str(python), *sys.argv], env=variables, check=False).returncode)


if __name__ == "__main__":
    main()
