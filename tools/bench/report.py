"""How every benchmark prints a row: ours, the baseline of the same run, the ratio, and whether it is met."""


def row(name: str, ours_s: float, baseline_s: float, target: float, better: str = "lower") -> bool:
    """Print one comparison and say whether it meets its target.

    better="lower": ours over baseline is at most the target.
    better="higher": baseline over ours is at least the target.
    """
    ratio = ours_s / baseline_s if better == "lower" else baseline_s / ours_s
    met = ratio <= target if better == "lower" else ratio >= target
    sign = "<=" if better == "lower" else ">="
    print(
        f"{name:<48} ours {_shown(ours_s):>10}  baseline {_shown(baseline_s):>10}  "
        f"ratio {ratio:8.2f}  target {sign} {target:g}  {'met' if met else 'MISSED'}"
    )
    return met


def beside(name: str, ours_s: float, baseline_s: float) -> None:
    """Print a comparison that has no target: what our way costs beside the bare one."""
    ratio = ours_s / baseline_s
    print(f"{name:<48} ours {_shown(ours_s):>10}  baseline {_shown(baseline_s):>10}  ratio {ratio:8.2f}")


def _shown(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{seconds * 1e3:.3f} ms" if seconds >= 1e-4 else f"{seconds * 1e6:.2f} us"
