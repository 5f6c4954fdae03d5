"""Rulebooks on your own machine: remarks, explanation, a trial on prices, what a ring could gain; needs no server."""

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from client.console import OUT, plain_errors
from client.files import read_bytes, read_json
from evaluation.answers import answer_fields, read_answer
from evaluation.explain import explain
from evaluation.line_chart import svg
from evaluation.lint import lint
from evaluation.price_curve import curve_chart
from evaluation.rulebook import Rulebook, read_rulebook, rulebook_digest
from evaluation.rulebook.numbers import read_decimal
from evaluation.stress import Model, stress
from evaluation.stress_report import SETTINGS, advice, said, stress_chart, write_stress
from evaluation.trial import Setting, Trial, read_prices, try_prices, write_trial
from kernel.errors import BadInput
from kernel.money import read_units, write_units

READY_MADE = Path(__file__).parents[1] / "web" / "rulebooks"
LARGEST = 1_000_000  # bytes of a rulebook, of prices, of answers
LANGUAGES = ("zh", "en")
BAR = 12  # characters of a full bar

RULEBOOKS = typer.Typer(no_args_is_help=True, help="Check, explain, try and stress a rulebook.")

File = Annotated[Path | None, typer.Argument(help="A rulebook as in docs/formats/evaluation-case.md")]
ReadyMade = Annotated[str, typer.Option(help="Name of a ready-made rulebook instead of a file (see list)")]
Language = Annotated[str, typer.Option(help="zh or en")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object")]
Chart = Annotated[Path | None, typer.Option(help="Write the chart to this SVG file")]


@RULEBOOKS.command("list")
def list_command(as_json: AsJson = False) -> None:
    """List the ready-made rulebooks."""
    with plain_errors(as_json):
        books = {path.stem: _read(path) for path in sorted(READY_MADE.glob("*.json"))}
        if as_json:
            names = {name: {"zh": book.name.zh, "en": book.name.en} for name, book in books.items()}
            _print({"ready_made": names})
            return
        table = Table(title="Ready-made rulebooks", title_justify="left")
        for heading in ("name", "title", "中文"):
            table.add_column(heading)
        for name, book in books.items():
            table.add_row(name, book.name.en, book.name.zh)
        OUT.print(table)


@RULEBOOKS.command("lint")
def lint_command(
    file: File = None, ready_made: ReadyMade = "", language: Language = "en", as_json: AsJson = False
) -> None:
    """Point out what is contradictory, ambiguous, unusual or outside the law; exit code 1 when there is an error."""
    with plain_errors(as_json):
        rulebook = load(file, ready_made)
        remarks = lint(rulebook)
        if as_json:
            shown = [
                {
                    "code": r.code,
                    "severity": r.severity,
                    "where": r.where,
                    "why": {"zh": r.why.zh, "en": r.why.en},
                }
                for r in remarks
            ]
            _print({"digest": rulebook_digest(rulebook), "remarks": shown})
        elif remarks:
            for remark in remarks:
                OUT.print(f"[bold]{remark.severity}[/] {remark.code}: {escape(remark.where)}")
                OUT.print(f"    {escape(said(remark.why, _known(language)))}")
        else:
            OUT.print("Nothing to remark." if _known(language) == "en" else "没有需要指出的问题。")
        if any(remark.severity == "error" for remark in remarks):
            raise typer.Exit(1)


@RULEBOOKS.command("explain")
def explain_command(
    file: File = None, ready_made: ReadyMade = "", language: Language = "en", as_json: AsJson = False
) -> None:
    """Say the whole rulebook in plain sentences."""
    with plain_errors(as_json):
        rulebook = load(file, ready_made)
        spoken = _known(language)
        chapters = [
            {
                "title": said(chapter.title, spoken),
                "sentences": [said(one, spoken) for one in chapter.sentences],
            }
            for chapter in explain(rulebook)
        ]
        if as_json:
            name = said(rulebook.name, spoken)
            _print(
                {
                    "name": name,
                    "source": rulebook.source,
                    "digest": rulebook_digest(rulebook),
                    "chapters": chapters,
                }
            )
            return
        OUT.print(f"[bold]{escape(said(rulebook.name, spoken))}[/]")
        for number, chapter in enumerate(chapters, 1):
            OUT.print(f"\n[bold]{number}. {chapter['title']}[/]")
            for sentence in chapter["sentences"]:
                OUT.print(escape(str(sentence)))
        OUT.print(f"\n{escape(rulebook.source)}")


@RULEBOOKS.command("try")
def try_command(
    file: File = None,
    ready_made: ReadyMade = "",
    prices: Annotated[str, typer.Option(help='Offers, such as "100, 95.5, 90"')] = "",
    prices_file: Annotated[Path | None, typer.Option(help="A text file with offers")] = None,
    answers: Annotated[
        Path | None,
        typer.Option(help="JSON file: a list with the answers of each bid, in the order of the prices"),
    ] = None,
    drawn: Annotated[list[str] | None, typer.Option(help="A drawn coefficient, such as K=0.95")] = None,
    seed: Annotated[int, typer.Option(help="Seed of drawn samples")] = 0,
    chart: Chart = None,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Score pasted prices: the benchmark and how it came about, the points, the places, the curve."""
    with plain_errors(as_json):
        rulebook = load(file, ready_made)
        offers = read_prices(_text(prices_file) if prices_file else prices, rulebook.scale)
        setting = Setting(_answers(rulebook, answers), (), _coefficients(drawn or []), seed)
        trial = try_prices(rulebook, offers, setting)
        if chart:
            _draw_curve(chart, rulebook, trial, _known(language))
        if as_json:
            _print(write_trial(trial))
        else:
            _show_trial(trial)


@RULEBOOKS.command("stress")
def stress_command(
    file: File = None,
    ready_made: ReadyMade = "",
    honest: Annotated[int, typer.Option(help="Honest bidders")] = 5,
    expected: Annotated[str, typer.Option(help="Expected price; else from estimate or ceiling")] = "",
    spread: Annotated[str, typer.Option(help="lognormal, uniform or given")] = "lognormal",
    spread_percent: Annotated[int, typer.Option(help="How far honest prices scatter")] = 5,
    prices: Annotated[str, typer.Option(help="Honest prices to draw from (spread given)")] = "",
    target_percent: Annotated[
        int, typer.Option(help="Least price of the ring's firm, of the expected price")
    ] = 100,
    seed: Annotated[int, typer.Option(help="Seed of the made-up lots")] = 1,
    chart: Chart = None,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Find what a ring could gain by shadow bids, and which settings would blunt it."""
    with plain_errors(as_json):
        rulebook = load(file, ready_made)
        given = read_prices(prices, rulebook.scale) if prices else ()
        price = read_units(expected, rulebook.scale.places, "expected") if expected else 0
        model = Model(
            honest, price, "given" if given else spread, spread_percent, given, target_percent, seed
        )
        started = perf_counter()
        found = stress(rulebook, model)
        seconds = f"{perf_counter() - started:.1f}"
        if chart:
            chart.write_text(svg(stress_chart(found, _known(language))))
        if as_json:
            _print({**write_stress(found, rulebook), "seconds": seconds})
            return
        table = Table(title="Chance to win, %", title_justify="left")
        table.add_column("shadow bids", overflow="fold")
        for number in range(len(found.lines[0].gains)):
            table.add_column(str(number), justify="right")
        for line in found.lines:
            chances = [write_units(gain.chance, 1) for gain in line.gains]
            table.add_row(said(SETTINGS[line.setting], _known(language)), *chances)
        OUT.print(table)
        OUT.print(said(advice(found), _known(language)))
        OUT.print(f"{seconds} s")


def load(file: Path | None, ready_made: str) -> Rulebook:
    """The rulebook of a file, or a ready-made one by its name."""
    if (file is None) == (not ready_made):
        raise BadInput(where="rulebook", why="name a file, or a ready-made rulebook with --ready-made")
    if file is not None:
        return _read(file)
    path = READY_MADE / f"{ready_made}.json"
    if path.parent != READY_MADE or path not in READY_MADE.glob("*.json"):
        raise BadInput(where="--ready-made", why="there is none of this name; look at mingtang rulebook list")
    return _read(path)


def _read(path: Path) -> Rulebook:
    return read_rulebook(read_json(path, LARGEST))


def _text(path: Path) -> str:
    try:
        return read_bytes(path, LARGEST).decode()
    except UnicodeDecodeError:
        raise BadInput(where=str(path), why="this is not text in UTF-8") from None


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise BadInput(where="--language", why="zh or en")
    return language


def _answers(rulebook: Rulebook, path: Path | None) -> tuple[Mapping[str, object], ...]:
    """The answers of each bid; every one of them must be usable."""
    if path is None:
        return ()
    listed, fields = read_json(path, LARGEST), answer_fields(rulebook)
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise BadInput(where=str(path), why="a list of objects is needed, one for each price")
    for number, one in enumerate(listed, 1):
        for id, value in one.items():
            where = f"answers {number}.{id}"
            if id not in fields:
                raise BadInput(where=where, why="the rulebook asks for no such answer")
            try:
                read_answer(fields[id], value)
            except ValueError as why:
                raise BadInput(where=where, why=str(why)) from None
    return tuple(listed)


def _coefficients(drawn: list[str]) -> dict[str, Fraction]:
    found = {}
    for text in drawn:
        name, _, value = text.partition("=")
        try:
            found[name] = read_decimal(value)
        except ValueError as why:
            raise BadInput(where=f"--drawn {name}", why=str(why)) from None
    return found


def _draw_curve(path: Path, rulebook: Rulebook, trial: Trial, language: str) -> None:
    if trial.curve is None:
        raise BadInput(where="--chart", why="price has no points under this rulebook, so there is no curve")
    words = ("价格分", "评标价", "分") if language == "zh" else ("Points against price", "price", "points")
    path.write_text(svg(curve_chart(rulebook, trial.curve, *words)))


def _show_trial(trial: Trial) -> None:
    ranking, book = trial.ranking, trial.ranking.rulebook
    if ranking.benchmark:
        unit = 10**book.places.evaluated
        terms = " + ".join(
            f"{term.base} {float(term.figure / unit):.4f} x {float(term.factor):.6g}"
            + (f" (without {', '.join(term.dropped)})" if term.dropped else "")
            for term in ranking.benchmark.terms
        )
        OUT.print(f"benchmark {float(ranking.benchmark.value / unit):.6f} {book.currency} = {escape(terms)}")
    for name, value in trial.drawn.coefficients.items():
        OUT.print(f"drawn: {name} = {float(value):.6g}")
    for name, sample in trial.drawn.samples.items():
        OUT.print(f"drawn: {name} = bids {', '.join(sample)}")
    table = Table(title_justify="left")
    for heading in ("place", "bid", "offer", "evaluation price", "price points", "", "total"):
        table.add_column(heading, justify="left" if heading in ("bid", "") else "right")
    for line in ranking.lines:
        bar = "█" * (line.price_points * BAR // book.price.maximum)
        table.add_row(
            str(line.place),
            line.bid.bid_id,
            write_units(line.bid.offer, book.scale.places),
            write_units(line.evaluated_price, book.places.evaluated),
            write_units(line.price_points, book.places.price),
            bar,
            write_units(line.total, book.places.total),
        )
    OUT.print(table)
    for rejection in ranking.rejected:
        OUT.print(
            f"out: bid {rejection.bid_id} ({', '.join(ground.check_id for ground in rejection.reasons)})"
        )


def _print(data: Mapping[str, Any]) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False))
