"""`mingtang draw probabilities | explain | simulate | rfc3797`: chances of a pool in a file, on any machine."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from client.console import ERR, OUT, plain_errors, say
from expert_pool.drawing_input import Pool, read_pool
from expert_pool.explain_draw import Explanation, explain, write_explanation
from expert_pool.families import probabilities
from expert_pool.hall import Relaxation, describe_relaxation, write_shortage
from expert_pool.rfc3797 import select
from expert_pool.simulate_draw import simulate
from kernel.errors import BadInput, TooFewEligibleExperts

Request = Annotated[Path, typer.Argument(help="The pool and the seats (docs/formats/draw-input.md)")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object")]
MOST_SEEDS = 1_000_000
MOST_SHOWN = 50  # rows of a table; --json gives all


def probabilities_command(request: Request, as_json: AsJson = False) -> None:
    """Print every expert's exact probability."""
    with plain_errors(as_json), ways_out(as_json):
        found = probabilities(load(request))
        if as_json:
            write({"probabilities": {id: str(chance) for id, chance in found.items()}})
            return
        show(
            "Probabilities", ["expert", "probability"], [[id, str(p)] for id, p in found.items()], len(found)
        )


def explain_command(request: Request, as_json: AsJson = False) -> None:
    """Say why: who is certain, where the bottlenecks are, how evenly the chances are spread."""
    with plain_errors(as_json), ways_out(as_json):
        told = explain(load(request))
        if as_json:
            write(write_explanation(told))
        else:
            show_explanation(told)


def simulate_command(
    request: Request,
    seeds: Annotated[int, typer.Option(help="How many draws")] = 6000,
    start: Annotated[int, typer.Option(help="Number of the first seed")] = 0,
    as_json: AsJson = False,
) -> None:
    """Draw many times with the real rounding and compare the counts; exit code 1 if they do not fit."""
    with plain_errors(as_json), ways_out(as_json):
        if not 1 <= seeds <= MOST_SEEDS:
            raise BadInput(where="--seeds", why=f"it must be from 1 to {MOST_SEEDS}")
        if not 0 <= start <= 2**62:
            raise BadInput(where="--start", why="it must be from 0 to 2**62")
        made = simulate(load(request), seeds, start)
    if as_json:
        write(
            {
                "seeds": seeds,
                "experts": {
                    one.id: {"probability": str(one.chance), "count": one.count, "z": f"{one.z:.3f}"}
                    for one in made.counts
                },
                "largest_z": f"{made.largest:.3f}",
                "is_plausible": made.is_plausible,
            }
        )
    else:
        rows = [
            [one.id, str(one.chance), f"{float(one.chance * seeds):.1f}", str(one.count), f"{one.z:+.2f}"]
            for one in made.counts
        ]
        show(f"{seeds} draws", ["expert", "probability", "expected", "drawn", "z"], rows, len(rows))
        OUT.print(f"largest |z| {made.largest:.2f}: {'fits' if made.is_plausible else 'DOES NOT FIT'}")
    raise typer.Exit(0 if made.is_plausible else 1)


def rfc3797_command(
    key: Annotated[str, typer.Argument(help="The key string, such as 9319./2.5.8.10.12./")],
    pool: Annotated[int, typer.Option(help="How many are on the numbered list")],
    count: Annotated[int, typer.Option(help="How many to select")],
    as_json: AsJson = False,
) -> None:
    """Select by RFC 3797 from a numbered list, where somebody's rules ask for it; our panels are not drawn so."""
    with plain_errors(as_json):
        say({"method": "RFC 3797", "selected": select(key, pool, count)}, as_json=as_json)


@contextmanager
def ways_out(as_json: bool) -> Iterator[None]:
    """Say of a pool that cannot fill the seats what is short and which smallest changes would help; exit code 1."""
    try:
        yield
    except TooFewEligibleExperts as error:
        if as_json:
            write({"error": {"code": error.code, "detail": str(error), **write_shortage(error)}})
        else:
            relaxed = error.facts["relaxation"]
            assert isinstance(relaxed, Relaxation)
            ERR.print(f"[bold red]{error.code}[/]: {error}")
            for way in describe_relaxation(relaxed):
                ERR.print(f"  enough would be: {way}", markup=False)
        raise typer.Exit(1) from None


def load(path: Path) -> Pool:
    """The pool of a file."""
    return read_pool(path.read_bytes(), path.name)


def write(facts: dict[str, object]) -> None:
    """Print one JSON object."""
    sys.stdout.write(json.dumps(facts, ensure_ascii=False) + "\n")


def show(title: str, heads: list[str], rows: list[list[str]], count: int) -> None:
    """Print a table, the first rows of a long one."""
    table = Table(*heads, title=title, title_justify="left")
    for row in rows[:MOST_SHOWN]:
        table.add_row(*row)
    OUT.print(table)
    if count > MOST_SHOWN:
        OUT.print(f"... and {count - MOST_SHOWN} more; --json prints all")


def show_explanation(told: Explanation) -> None:
    """The steps and warnings for people."""
    steps = []
    for step in told.chain:
        used = [f"seats of {' + '.join(step.groups)}"] if step.groups else []
        used += [f"cap {cap} at {name}" for name, cap in step.caps]
        steps.append([str(step.chance), str(step.experts), "; ".join(used)])
    show(
        f"{told.seats} seats, {told.experts} experts who fill some group",
        ["probability", "experts", "held down by"],
        steps,
        len(steps),
    )
    for words, ids in (
        ("certain to be drawn", told.certain),
        ("predictable (1/2 or more): widen the pool or the groups", told.predictable),
        ("never drawn", told.never),
    ):
        if ids:
            more = f" and {len(ids) - 20} more" if len(ids) > 20 else ""
            OUT.print(f"{words}: {', '.join(ids[:20])}{more}", markup=False)
    OUT.print(
        f"effective pool size {float(told.effective_size):.1f} of {told.experts}; "
        f"entropy {told.entropy_bits:.2f} of at most {told.most_bits:.2f} bits"
    )
