"""What every precompute table says of how much history stands behind a row."""

from processors.columns import Column, count, flag, integer, text
from processors.contract import Tolerance

EARLY_ONLY = Tolerance(
    columns=("insufficient_data_reason",),
    null_share=0.97,
    why="NULL once the window is full",
)


def quality(*, window: int, sample: str, tier: str) -> tuple[Column, ...]:
    """The columns that DOMAIN's users filter by; `sample` says what is counted."""
    return (
        integer("season_year", "2024 is the 2024-25 season.", nullable=False),
        flag(
            "early_season_flag",
            f"Whether games_in_sample is below {window}, the games that the window asks for.",
            nullable=False,
        ),
        text(
            "insufficient_data_reason",
            f"`N_of_{window}_games` where early_season_flag is TRUE, else NULL.",
        ),
        count("games_in_sample", sample, unit="games", nullable=False),
        text(
            "data_quality_tier",
            tier,
            nullable=False,
            one_of=("high", "medium", "low"),
        ),
    )
