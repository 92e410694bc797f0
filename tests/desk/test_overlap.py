"""What the compiled model says of single utterances."""

from __future__ import annotations

from bot.content.loading import Loaded, load
from bot.desk.overlap import overlaps
from bot.pipeline import Bot
from bot.settings import Settings


def with_utterance(bot: Bot, loaded: Loaded, topic: str, text: str) -> tuple[Bot, Loaded]:
    """The bot and its content with another utterance, which its model was not fitted on."""
    assert loaded.content is not None
    intent = loaded.content.intents[topic]
    aspect, texts = list(intent.utterances.items())[-1]
    changed = intent.model_copy(update={"utterances": {**intent.utterances, aspect: (*texts, text)}})
    content = loaded.content.model_copy(update={"intents": {**loaded.content.intents, topic: changed}})
    spots = {**loaded.utterance_spots, (topic, text): loaded.spots[f"intent:{topic}"]}
    loaded = Loaded(content, loaded.problems, loaded.cases, loaded.spots, spots)
    return bot.__class__(**{**{k: getattr(bot, k) for k in bot.__dataclass_fields__}, "content": content}), loaded


def about(text: str, topic: str, bot: Bot, settings: Settings) -> list[str]:
    loaded = load(settings.knowledge, settings.intents)
    steps: list[None] = []
    changed, loaded = with_utterance(bot, loaded, topic, text)
    found = [str(p) for p in overlaps(loaded, changed, lambda: steps.append(None)) if text in p.message]
    assert steps
    return found


def test_an_utterance_that_belongs_elsewhere(small_bot: Bot, small_settings: Settings) -> None:
    (found,) = about("Was kostet die Kita im Monat?", "kindergeld", small_bot, small_settings)
    assert found == (
        "intents/leistungen/kindergeld.yaml:1: Hinweis: „Was kostet die Kita im Monat?“ passt besser "
        "zu „kita-beitrag“. Fragen Sie deutlicher oder stellen Sie die Frage dorthin."
    )


def test_an_utterance_that_teaches_nothing(small_bot: Bot, small_settings: Settings) -> None:
    (found,) = about("die Kita was kostet", "kita-beitrag", small_bot, small_settings)
    expected = "„die Kita was kostet“ lehrt nichts Neues nach „Was kostet die Kita?“. Fragen Sie mit anderen Worten."
    assert found.endswith(expected)


def test_an_utterance_read_as_one_of_another_topic(small_bot: Bot, small_settings: Settings) -> None:
    (found,) = about("Kindergeld bekommt wer", "kita-beitrag", small_bot, small_settings)
    expected = "„Kindergeld bekommt wer“ liest der Bot genauso wie „Wer bekommt Kindergeld?“ bei „kindergeld“."
    assert expected in found


def test_the_own_utterances_of_the_small_town_fit(small_bot: Bot, small_settings: Settings) -> None:
    loaded = load(small_settings.knowledge, small_settings.intents)
    assert [str(p) for p in overlaps(loaded, small_bot) if "passt besser" in p.message] == []
