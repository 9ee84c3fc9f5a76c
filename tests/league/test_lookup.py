"""The key of a name: the vectors that importers and the sample rely on."""

from __future__ import annotations

import pytest

from league.lookup import player_lookup


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("José Alvarado", "josealvarado"),
        ("LeBron James Jr.", "lebronjamesjr"),
        ("Jaren Jackson, JR", "jarenjacksonjr"),
        ("Robert Williams III", "robertwilliamsiii"),
        ("O'Neal", "oneal"),
        ("O’Neal", "oneal"),
        ("Oʼneal", "oneal"),
        ("Ömer Aşık", "omerasik"),
        ("İlyasova", "ilyasova"),
        ("ILYASOVA", "ilyasova"),
        ("Nikola Jokić", "nikolajokic"),
        ("Luka Don\u010di\u0107", "lukadoncic"),
        ("Luka Donc\u030cic\u0301", "lukadoncic"),
        ("Bogdan Đorđević", "bogdandordevic"),
        ("Łukasz Sørensen-Groß", "lukaszsorensengross"),
        ("Ægir Þórsson", "aegirthorsson"),
        ("Karl-Anthony Towns", "karlanthonytowns"),
        ("J.J. Redick 2", "jjredick2"),
        ("  ", ""),
    ],
)
def test_key(name: str, key: str) -> None:
    assert player_lookup(name) == key


def test_key_of_key() -> None:
    assert player_lookup(player_lookup("Şengün Sr.")) == "sengunsr"
