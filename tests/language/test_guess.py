"""The language of a message: German unless its script or several of its words say otherwise."""

from __future__ import annotations

import pytest

from bot.compiling import read
from bot.pipeline import Bot

GUESSES = [
    ("Wie melde ich mein Kind in der Kita an?", "de"),
    ("kita", "de"),
    ("", "de"),
    ("???", "de"),
    ("xyz qwertz", "de"),
    ("In der Kita ist es mir zu laut", "de"),
    ("is die kita am montag zu", "de"),
    ("Mein Sohn heißt Иван", "de"),
    ("Was kostet die Kita in Herne, please?", "de"),
    ("Wo kann ich mein Kind in der Schule am Nachmittag lassen", "de"),
    ("How do I register my child for the kindergarten?", "en"),
    ("where can i get help for my baby", "en"),
    ("Çocuğum için anaokulu nerede var?", "tr"),
    ("Jak mogę zapisać dziecko do przedszkola?", "pl"),
    ("Unde este grădinița pentru copilul meu?", "ro"),
    ("Où est la crèche pour mon enfant?", "fr"),
    ("¿Cómo puedo inscribir a mi hijo en el jardín?", "es"),
    ("Dove posso iscrivere il mio bambino?", "it"),
    ("Waar kan ik mijn kind inschrijven voor het kinderdagverblijf", "nl"),
    ("Як записати дитину до садочка? Мені потрібна їхня адреса", "uk"),
    ("Как записать ребёнка в детский сад?", "ru"),
    ("كيف أسجل طفلي في الروضة؟", "ar"),
    ("چگونه کودکم را در مهدکودک ثبت نام کنم؟", "fa"),
    ("أريد روضة أطفال في گلزنكيرشن", "ar"),
    ("Mein Sohn heißt Іван", "de"),
    ("ようちえんに申し込みたいです", "ja"),
    ("Πώς γράφω το παιδί μου;", "el"),
    ("我怎么给孩子报名幼儿园", "zh"),
    ("아이를 유치원에 어떻게 등록하나요", "ko"),
    ("ልጄን እንዴት ነው የማስመዘግበው", "ti"),
]


@pytest.mark.parametrize("message, lang", GUESSES)
def test_language(message: str, lang: str, small_bot: Bot) -> None:
    assert read(message, small_bot.language).lang == lang
