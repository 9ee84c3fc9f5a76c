"""The points line of each player before tip-off: the only place where player odds are read."""

from processors.columns import count, day, instant, real, text
from processors.contract import Canary, Contract, Cutoff, Finding, Input, Layer, RowCheck, Tolerance
from processors.window import ON_THE_DAY

CONTRACT = Contract(
    table="nba_analytics.player_lines",
    description=(
        "One row a player with a points line captured before that game's tip-off. A game without a"
        " known tip-off has no lines: what came before it cannot be told."
    ),
    layer=Layer.ANALYTICS,
    cutoff=Cutoff.BEFORE_TIPOFF,
    key=("game_date", "game_id", "player_lookup"),
    date_column="game_date",
    inputs=(
        Input(table="nba_raw.schedule", window=ON_THE_DAY),
        Input(table="nba_raw.odds_player_points", window=ON_THE_DAY),
    ),
    columns=(
        day("game_date", "Eastern date of the game.", nullable=False),
        text("game_id", "The game.", nullable=False),
        text("player_lookup", "The player's key.", nullable=False),
        text(
            "team_abbr",
            "The team that the latest snapshot before tip-off naming one gives him (of any book;"
            " equal times: the alphabetically last); NULL where none does.",
        ),
        real(
            "current_points_line",
            "The latest line before tip-off of the first hit in the cascade: 1. odds_api"
            " draftkings, 2. bettingpros draftkings, 3. odds_api fanduel, 4. bettingpros fanduel,"
            " 5. bettingpros consensus, 6. the median over each other book's latest line. Every"
            " provider but bettingpros ranks as odds_api; of several at one rank the latest"
            " snapshot counts, then the alphabetically first provider. In the median a book counts"
            " once (its latest snapshot, ties as before), and rows of a bookmaker called consensus"
            " never.",
            unit="points",
            digits=2,
            nullable=False,
        ),
        real(
            "opening_points_line",
            "The earliest snapshot before tip-off of the winning provider and book; of a median,"
            " the median of each book's earliest (equal times: the alphabetically first provider).",
            unit="points",
            digits=2,
            nullable=False,
        ),
        real("line_movement", "Current - opening.", unit="points", digits=2, nullable=False),
        text("points_line_provider", "Whose snapshot won; `median` for step 6.", nullable=False),
        text("points_line_bookmaker", "Whose line won; `median` for step 6.", nullable=False),
        instant(
            "points_line_captured_at",
            "When the line was seen, UTC; of a median, the latest snapshot used.",
            nullable=False,
        ),
        count("books_count", "Books with a line before tip-off, consensus not counted."),
        real(
            "multi_book_line_std",
            "Sample deviation of each book's latest line before tip-off, consensus not counted;"
            " NULL with fewer than two books.",
            unit="points",
            digits=4,
            minimum=0,
        ),
        real(
            "draftkings_line",
            "The first hit of the cascade's steps 1 and 2 alone; NULL where DraftKings has no line"
            " before tip-off. To grade against one book, whoever won the cascade.",
            unit="points",
            digits=2,
        ),
        real(
            "consensus_line",
            "The first hit of the cascade's steps 5 and 6 alone: bettingpros consensus, else the"
            " median over each book's latest line.",
            unit="points",
            digits=2,
            nullable=False,
        ),
    ),
    expected="""
        SELECT DISTINCT line.game_date, line.game_id, line.player_lookup,
          CAST(NULL AS STRING) AS left_out_reason
        FROM `nba_raw.odds_player_points` AS line
        JOIN `nba_raw.schedule` AS game ON game.game_id = line.game_id
        WHERE line.game_date >= @start_date AND line.game_date <= @end_date
          AND game.game_date >= @start_date AND game.game_date <= @end_date
          AND game.game_date = line.game_date
          AND game.boxscore_expected
          AND game.season_phase IN ('regular', 'play_in', 'playoffs')
          AND line.captured_at < game.tipoff_at
          AND (line.bookmaker != 'consensus' OR line.provider = 'bettingpros')
    """,
    row_checks=(RowCheck(name="line_not_positive", bad_when="current_points_line <= 0"),),
    findings=(Finding(name="median_of_books", counts_when="points_line_bookmaker = 'median'"),),
    canaries=(Canary(column="current_points_line"),),
    tolerances=(
        Tolerance(
            columns=("points_line_bookmaker",),
            one_value_share=1,
            why="the preferred bookmaker may have priced everyone",
        ),
        Tolerance(
            columns=("draftkings_line",),
            null_share=1,
            why="no source of the lines may carry DraftKings",
        ),
    ),
)
