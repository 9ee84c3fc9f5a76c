"""The feature catalogue as a page of Markdown, made from the catalogue and nothing else."""

from __future__ import annotations

from processors.features import FEATURES, SETS, Feature, required_of


def features_page() -> str:
    parts = [
        "# The features",
        "Made from the catalogue by `make generated`; a test holds it to it. Each is a column of"
        " `nba_predictions.ml_feature_store_v2`; the order is a contract with stored models:"
        " append, never insert. A missing feature is NULL; optional ones are never counted as"
        " missing.",
        "## The sets",
        _sets(),
        "`v12_noveg` is as users know it and still carries odds; only `v12_blind` is without the"
        " line.",
        "## The catalogue",
        _catalogue(),
    ]
    return "\n\n".join(parts) + "\n"


def sets_of(feature: Feature) -> tuple[str, ...]:
    return tuple(name for name, members in SETS.items() if feature.name in members)


def range_of(feature: Feature) -> str:
    """`0 to 1`, `at least 0`, or nothing where it may be anything."""
    if feature.minimum is not None and feature.maximum is not None:
        return f"{feature.minimum:g} to {feature.maximum:g}"
    if feature.minimum is not None:
        return f"at least {feature.minimum:g}"
    return f"at most {feature.maximum:g}" if feature.maximum is not None else ""


def need_of(feature: Feature) -> str:
    need = "required" if feature.required else "optional"
    return f"{need}, the line" if feature.about_the_line else need


def _sets() -> str:
    lines = ["| set | features | required | lacks, of v12 |", "|---|---|---|---|"]
    for name, members in SETS.items():
        lacking = ", ".join(str(one.index) for one in FEATURES if one.name not in members)
        lines.append(f"| `{name}` | {len(members)} | {len(required_of(members))} | {lacking} |")
    return "\n".join(lines)


def _catalogue() -> str:
    lines = [
        "| i | feature | unit | range | need | from | meaning |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in FEATURES:
        source = one.source.split(".")[1]
        lines.append(
            f"| {one.index} | `{one.name}` | {one.unit} | {range_of(one)} | {need_of(one)}"
            f" | `{source}` | {one.formula} |"
        )
    return "\n".join(lines)
