"""Invented names: no two with one key, some with suffixes and diacritics."""

from __future__ import annotations

import numpy as np

from league.lookup import player_lookup


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST = _listed(
    """
    Aaron Adrian Alonzo Amari Andre Anthony Armand Avery Beckett Brandon Bryce Caleb Calvin
    Cameron Carter Cedric Chance Clifton Cole Corey Damian Darius Davion Deandre Demetrius Derrick
    Desmond Devin Dominic Donovan Dwayne Elijah Emmett Ezra Felix Garrett Gavin Grayson Harlan
    Hassan Hunter Isaiah Jabari Jaden Jalen Jamal Jaylin Jerome Jordan Josiah Julius Justin Kareem
    Keegan Keith Kendrick Kevin Khalil Kobe Kyle Lamar Landry Leon Lonnie Luther Malik Marcus
    Mason Maurice Micah Miles Nathan Nico Noah Omar Orlando Owen Patrick Payton Quentin Quincy
    Rashad Reggie Rodney Roman Russell Scottie Sterling Tariq Terrence Theo Trevor Tyrell Tyson
    Vernon Wendell Xavier Zachary
    """
)
LAST = _listed(
    """
    Abbott Adkins Alston Amos Ashford Atwood Baines Banning Barlow Baxter Bellamy Benton Blackwell
    Boone Bowden Bradshaw Briggs Buckley Burke Callahan Carver Chandler Clayborn Cobb Colquitt
    Conley Cordell Crowder Dalton Daniels Dawkins Dillard Dorsey Drummond Dunbar Eason Eckles
    Ellison Everett Fairley Farrow Ferris Fielder Fontaine Foster Fuller Gaines Garland Gentry
    Gibbs Goodwin Grayer Hadley Hairston Hampton Hardaway Harlow Hollis Holloway Hoskins Huggins
    Ingram Jarrett Jeffers Joyner Keaton Kimble Kincaid Lacey Langham Lawson Ledbetter Lockett
    Lofton Maddox Mallory Mathis Maxon McAdoo McCray McKinney Mercer Milburn Mossley Munford Nance
    Norwood O'Bannon O'Dell Oakley Outlaw Padgett Palmer Pettway Pinkney Poole Presley Prewitt
    Quarles Radford Rainey Ransom Redd Rhodes Riddick Rollins Sadler Sampson Sealy Shackford
    Singleton Sinclair Spruell Stallings Sutton Talley Tatum-Reed Teague Thornhill Tilford
    Tolliver Underhill Vance Vickers Waddell Walton Weatherly Whitlock Wilcox Winslow Wooten
    Yancey Youngblood
    """
)
DIACRITIC_FIRST = _listed(
    """
    Andrés Aleksandër Bogdan Dāvis Džanan Émile Fabián Goran İlkan Jérôme João José Jurģis Kristóf
    Léandre Luka Mário Nikólaos Ömer Ousmané Raúl Rokas Søren Théo Tomáš Vít Želimir Žiga
    """
)
DIACRITIC_LAST = _listed(
    """
    Alvarès Aşkın Bertāns-Ozols Çelik Čović Đurić Dragić-Novak Ferrão Gómez-Peña Hernángil Ibáñez
    Jønsson Kovačević Kurucić Łapiński Markkanén Muñiz Nuñez Öztürk Petrušić Pöltner Ražnatović
    Sabaliauskas Šarković Şimşek Sørlie Tomaševski Üçar Valančić Vukčević Weiß Žalgirić
    """
)
SUFFIXES = ("Jr.", "Jr.", "Jr.", "II", "III", "III", "IV", "Sr.")
DIACRITIC_SHARE, SUFFIX_SHARE = 0.14, 0.06


def base_name(name: str) -> str:
    """The name without its suffix."""
    head, _, tail = name.rpartition(" ")
    return head if tail in SUFFIXES else name


def draw_names(rng: np.random.Generator, count: int, taken: set[str]) -> list[str]:
    """New names, whose keys join those `taken`; the second has both a suffix and diacritics."""
    names: list[str] = []
    while len(names) < count:
        special = len(names) == 1
        foreign = special or rng.random() < DIACRITIC_SHARE
        first = rng.choice(DIACRITIC_FIRST if foreign else FIRST)
        last = rng.choice(DIACRITIC_LAST if foreign else LAST)
        suffix = f" {rng.choice(SUFFIXES)}" if special or rng.random() < SUFFIX_SHARE else ""
        key = player_lookup(f"{first} {last}")
        if key not in taken:
            taken.add(key)
            names.append(f"{first} {last}{suffix}")
    return names
