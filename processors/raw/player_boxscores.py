"""Box scores: one row a player on the roster of a game."""

from processors.columns import count, day, flag, integer, text
from processors.contract import Contract, GamePresence, Layer

CONTRACT = Contract(
    table="nba_raw.player_boxscores",
    description="What each player did in each game, as the source writes it; DNPs included.",
    layer=Layer.RAW,
    key=("game_id", "player_lookup"),
    date_column="game_date",
    presence=GamePresence(team_column="team", rows_per_team=8, points_column="points"),
    columns=(
        text("game_id", "The game.", nullable=False),
        text("player_lookup", "The player's key.", nullable=False),
        day("game_date", "Eastern date of the game.", nullable=False),
        text("player_name", "The name as the source spells it."),
        text("team", "The team he was on the roster of in this game.", nullable=False),
        text("opponent", "The other team.", nullable=False),
        flag("is_home", "Whether his team was the home team.", nullable=False),
        flag("is_starter", "Whether he started; NULL where unknown."),
        text(
            "minutes",
            "As the source writes it: `34:30`, `34`, `34.5`, `PT34M30.00S`, empty.",
        ),
        count("points", "Points.", unit="points"),
        count("fg_made", "Field goals made."),
        count("fg_attempted", "Field goals attempted."),
        count("fg3_made", "Threes made."),
        count("fg3_attempted", "Threes attempted."),
        count("ft_made", "Free throws made."),
        count("ft_attempted", "Free throws attempted."),
        count("offensive_rebounds", "Offensive rebounds; NULL where the source has the total only"),
        count("defensive_rebounds", "Defensive rebounds; NULL where the source has the total only"),
        count("rebounds", "All rebounds."),
        count("assists", "Assists."),
        count("steals", "Steals."),
        count("blocks", "Blocks."),
        count("turnovers", "Turnovers."),
        count("personal_fouls", "Personal fouls."),
        integer("plus_minus", "Score difference while he was on the court.", unit="points"),
        text("dnp_reason", "Why he did not play, where the source says so."),
    ),
)
