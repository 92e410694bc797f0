"""Whether a message asks for something of our list, and what for. A search it becomes only where a topic has one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from bot.content.loading import Content
from bot.content.models import Entry
from bot.language.amounts import NUMBERS
from bot.language.dates import find_doubts
from bot.language.text import fold, plain
from bot.matching.context import BEGINS, leans
from bot.model import Analysis, Candidate, Conversation, Decision, Entities, Kind, Question, Token
from bot.replying.direct import ORDINALS
from bot.replying.offers import Listing
from bot.replying.results import SEARCHED

NEED_A_WISH = frozenset({"cost", "documents", "eligibility", "procedure", "duration", "deadline", "contact"})
"""Sides that the entry answers, unless a place or time is named."""
ASK_FOR_PLACES = frozenset(
    (
        "wo wohin wann welche welches welcher welchen gibt gibts suche suchen such finde finden findet "
        "nähe naehe angebot angebote liste adresse adressen"
    ).split()
)
ASK_FOR_HOURS = frozenset({"wann", "öffnungszeiten", "offen", "geöffnet", "auf"})
DEFINITIONS = frozenset({"ist", "sind", "bedeutet", "heißt", "heisst", "macht", "passiert", "lernt", "bringt", "soll"})
"""What follows „was“ when a word is to be explained."""
FILLERS = frozenset(
    (
        "und aber oder auch dann denn sonst eher lieber mal bitte noch etwas nur ganz ganzen vielleicht was wie wo "
        "wann welche welches welcher ist es gibt gibts da dort hier in im an am um der die das den dem des für fuer "
        "mit von ab zu zur bei bis aus mein meine meinen meinem meiner unser unsere unseren unserem unserer kind "
        "kinder kindern baby babys sohn tochter alt jung geht ginge gehts stadtteil stadtbezirk bezirk ortsteil tag "
        "tags tage tagen er sie ich wir uns mir wohnen suche suchen nein ja doch eine ein einen einem jährige jährigen "
        "haben habe hat brauche brauchen möchte möchten hätte hätten gern gerne liebsten passt passen beide beiden "
        "findet statt los adresse telefon telefonnummer nummer öffnungszeiten offen geöffnet auf "
        "kleine kleinen kleiner große großen großer"
    ).split()
)
"""Words around a wish that say nothing more: a message of these, wishes and kinds alone is a search."""
FOLLOW_UP_WORDS, SEARCH_WORDS = 10, 24
"""So many words a message at most has that goes on with a search, or is one and nothing else."""
KIND_WORDS = 8
"""So many words at most name the kinds, or the place, in such a message."""
PLAIN_CONFIDENCE = 0.95
"""How often a message of wishes alone goes on with the search before, and one of wishes and kinds is a search."""
_WISH_WORD = re.compile(
    r"\d.*|(?:mon|diens|donners|frei|sams|sonn)tag.*|mittwoch.*|sonnabend.*|wochenend.*|werktag.*|wochentag.*|woche"
    r"|(?:vor|nach)?mittag.*|morgens?|abends?|nachts?|früh|fr(?:ue|u)h|späten?|heute?|(?:ü|ue|u)bermorgen"
    r"|n(?:ä|ae|a)chste\w*|kommende\w*|diese\w*|jahre?n?|j(?:ä|ae|a)hrig\w*|monat\w*|monatig\w*|halb\w*|anderthalb"
    r"|jan|feb|jun|jul|aug|sept?|okt|nov|dez|januar|februar|märz|maerz|april|mai|juni|juli|august|september|oktober"
    r"|november|dezember|\w+j(?:ä|ae|a)hrige\w*|stadt|(?:stadt)?weit|überall|egal|minus"
)
_EVERYWHERE = (
    r"\b(?:ganz|in|stadt)\s{city}\b(?!-)|\bstadtweit|\büberall\b|\bganzen? stadt\b|\bgesamten? stadt\b|\begal wo\b"
)
_NEAR_A_CITY = frozenset({"in", "bei", "um", "nähe", "stadt"})
_ENDINGS = ("en", "n", "s", "es", "e", "er")
SHORTEST_HEAD = 4
"""Letters of a kind's word that may be the end of a compound that we do not know."""
SHORTEST_NAME = 5

Phrases = Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
"""First word → the phrases that begin with it, longest first, with what each names."""


@dataclass(frozen=True)
class SearchWords:
    """The words by which places and offers are named, made once when the knowledge is loaded.

    kinds     what parents call the kinds
    offers    the names of places and offers, folded, with their ids
    cities    the names of other cities, folded
    kind_of   id of a place or offer → its kind
    heads     words of kinds that may end a compound → kind, and `folded` the same without umlauts
    areas     folded words of the names of the city and its districts
    titles    plain title → topic, for topics that have a search
    topics    kind → the one topic that searches it; a kind of several topics is that of which it is the first
    dated, aged  kinds of which records state a weekday or a time, an age
    """

    kinds: Phrases = field(default_factory=dict)
    offers: Phrases = field(default_factory=dict)
    cities: Phrases = field(default_factory=dict)
    kind_of: Mapping[str, str] = field(default_factory=dict)
    heads: Mapping[str, str] = field(default_factory=dict)
    folded: Mapping[str, str] = field(default_factory=dict)
    areas: frozenset[str] = frozenset()
    titles: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)
    dated: frozenset[str] = frozenset()
    aged: frozenset[str] = frozenset()
    everywhere: re.Pattern[str] = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Named:
    """What a message names of our list.

    whole       the kinds among them that a whole word names, not only a part of one
    used        places of the words that were needed for it
    everywhere  the whole city
    other_city  a city that our list does not have
    """

    kinds: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    offer: str | None = None
    everywhere: bool = False
    other_city: bool = False
    used: frozenset[int] = frozenset()


def _phrases(pairs: Iterable[tuple[Sequence[str], str]]) -> Phrases:
    found: dict[str, dict[tuple[str, ...], str]] = {}
    for words, name in pairs:
        if words:
            found.setdefault(words[0], {}).setdefault(tuple(words), name)
    return {first: tuple(sorted(p.items(), key=lambda item: -len(item[0]))) for first, p in found.items()}


def _topics(content: Content) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind in content.kinds:
        topics = [topic for topic, entry in content.entries.items() if kind in entry.search]
        first = [topic for topic in topics if content.entries[topic].search[0] == kind]
        if len(topics) == 1 or len(first) == 1:
            found[kind] = (first or topics)[0]
    return found


def search_words(content: Content, listing: Listing) -> SearchWords:
    """The words of the content's kinds, places, offers and districts."""
    kinds = [
        (plain(word).split(), kind.id)
        for kind in content.kinds.values()
        for word in (*kind.words, kind.title, kind.one)
    ]
    single = {words[0]: kind for words, kind in kinds if len(words) == 1}
    names = [(fold(plain(record.name)).split(), record.id) for record in listing.records]
    names = [
        (words, name)
        for words, name in names
        if len(words) > 1 or (len(words[0]) >= SHORTEST_NAME and words[0] not in map(fold, single))
    ]
    areas = [content.city.name, *(name for d in content.districts for name in (d.name, d.borough, *d.aliases))]
    city = re.escape(content.city.name.lower())
    return SearchWords(
        kinds=_phrases(kinds),
        offers=_phrases(names),
        cities=_phrases((fold(plain(name)).split(), name) for name in content.city.other_cities),
        kind_of={record.id: record.kind for record in listing.records},
        heads={word: kind for word, kind in single.items() if len(word) >= SHORTEST_HEAD},
        folded={fold(word): kind for word, kind in single.items() if len(word) >= SHORTEST_HEAD},
        areas=frozenset(word for name in areas for word in fold(plain(name)).split()),
        titles={plain(entry.title): topic for topic, entry in content.entries.items() if entry.search},
        topics=_topics(content),
        dated=frozenset(r.kind for r in listing.records if r.weekdays or r.dates or r.starts is not None),
        aged=frozenset(r.kind for r in listing.records if r.age_from is not None or r.age_until is not None),
        everywhere=re.compile(_EVERYWHERE.format(city=city)),
    )


# words


def _forms(token: Token) -> tuple[str, ...]:
    """The ways in which a word may stand in our lists."""
    stems = (token.word[: -len(end)] for end in _ENDINGS if token.word.endswith(end) and len(token.word) > len(end) + 2)
    return tuple(dict.fromkeys((token.text, token.word, token.lemma, *stems)))


def _phrase_at(forms: Sequence[tuple[str, ...]], at: int, phrases: Phrases) -> tuple[int, str] | None:
    """How many words the longest phrase has that stands there, and what it names."""
    best: tuple[int, str] | None = None
    for form in forms[at]:
        for words, name in phrases.get(form, ()):
            fits = at + len(words) <= len(forms) and all(w in forms[at + i] for i, w in enumerate(words))
            if fits and (best is None or len(words) > best[0]):
                best = len(words), name
                break
    return best


def _kind_of_part(token: Token, forms: tuple[str, ...], words: SearchWords) -> str | None:
    """The kind that a part of a compound names, the last part first."""
    for part in reversed(token.parts):
        for phrase, kind in words.kinds.get(part, ()):
            if len(phrase) == 1:
                return kind
    for form in forms:
        for start in range(len(form) - SHORTEST_HEAD + 1):
            found = words.heads.get(form[start:])
            if found is not None:
                return found
    if token.german:
        return None
    return next((words.folded[fold(form)] for form in forms if fold(form) in words.folded), None)


def _find_kinds(tokens: Sequence[Token], words: SearchWords) -> tuple[list[str], list[str], set[int]]:
    """The kinds that whole words name, those that only parts name, and the places of these words."""
    forms = [_forms(token) for token in tokens]
    whole: dict[str, None] = {}
    parts: dict[str, None] = {}
    used: set[int] = set()
    for at in range(len(tokens)):
        if at in used:
            continue
        phrase = _phrase_at(forms, at, words.kinds)
        if phrase is not None:
            whole[phrase[1]] = None
            used.update(range(at, at + phrase[0]))
    for at, token in enumerate(tokens):
        kind = None if at in used or token.text in FILLERS else _kind_of_part(token, forms[at], words)
        if kind is not None:
            parts[kind] = None
            used.add(at)
    return list(whole), [kind for kind in parts if kind not in whole], used


def read_names(tokens: Sequence[Token], text: str, words: SearchWords) -> Named:
    """What the words name of our list.

    text  lower case
    """
    whole, parts, used = _find_kinds(tokens, words)
    folded = [(fold(token.text),) for token in tokens]
    offer: tuple[int, str] | None = None
    other_city = False
    in_city = bool(words.everywhere.search(text))
    named = set(used)
    for at in range(len(tokens)):
        found = _phrase_at(folded, at, words.offers)
        if found is not None and (offer is None or found[0] > offer[0]):
            offer = found
            used |= set(range(at, at + found[0]))
        city = _phrase_at(folded, at, words.cities)
        if city is not None and at > 0 and (tokens[at - 1].text in _NEAR_A_CITY or at - 1 in named):
            other_city = True
            used |= set(range(at, at + city[0]))
    return Named(
        (*whole, *parts), tuple(whole), offer[1] if offer else None, in_city, other_city and not in_city,
        frozenset(used),
    )  # fmt: skip


# wishes


def _has_place_or_time(own: Entities, named: Named) -> bool:
    values = (own.district, own.districts, own.weekday, own.weekdays, own.part_of_day, own.date, named.offer)
    return any(values) or named.other_city


def _says_a_wish(own: Entities, named: Named) -> bool:
    return bool(_has_place_or_time(own, named) or own.children or named.kinds or named.everywhere)


def asks_for_places(tokens: Sequence[Token], aspect: str, own: Entities, named: Named) -> bool:
    """Whether a question of a topic with a search is one for its places or dates."""
    if _has_place_or_time(own, named):
        return True
    texts = [token.text for token in tokens]
    seeks = not ASK_FOR_PLACES.isdisjoint(texts)
    if aspect == "eligibility" and seeks and named.kinds and own.children:
        return True  # „Ich suche eine Spielgruppe für ein Kind mit 13 Monaten“
    if aspect in NEED_A_WISH or (texts[:1] == ["was"] and texts[1:2] and texts[1] in DEFINITIONS):
        return False
    return bool(named.kinds or own.children or seeks)


def combine(own: Entities, before: Entities, named: Named, entry: Entry, *, follows: bool) -> Entities:
    """The wish of a message together with what was said before: newer values win.

    entry    of the topic searched: kinds of another one are forgotten
    follows  the message goes on with a search: day, time and kind count, too; else only the family's facts
    """
    if named.offer is not None:  # the name says which one: a district in it is no wish
        return replace(own, district=None, districts=(), kinds=(), offer=named.offer, matter=None)
    if not follows:
        before = Entities(children=before.children, district=before.district)
    has_when = own.weekday or own.weekdays or own.date
    when = own if has_when else before
    where = own if own.district or own.districts or named.everywhere else before
    return replace(
        own,
        children=own.children or before.children,
        district=where.district,
        districts=where.districts,
        weekday=when.weekday,
        weekdays=when.weekdays,
        date=when.date,
        part_of_day=own.part_of_day or before.part_of_day,
        kinds=named.kinds or tuple(kind for kind in before.kinds if kind in entry.search),
        matter=None,
    )


def _names_each(districts: Sequence[str], tokens: Sequence[Token]) -> bool:
    """Whether each was named, as in „in Wanne oder Crange“; else a name may mean any of them."""
    text = " " + fold(" ".join(token.text for token in tokens)) + " "
    places = sorted((text.find(f" {name} "), name) for name in (fold(plain(district)) for district in districts))
    if places[0][0] == -1:
        return False
    gaps = (text[at + len(name) + 1 : after].split() for (at, name), (after, _) in pairwise(places))
    return all({"oder", "und", "bzw"} & set(gap) for gap in gaps)


def _oddity(text: str, question: Question, own: Entities) -> str | None:
    """What cannot be as it was typed, by the name of the sentence that says so."""
    if "age" in own.doubtful:
        return "negative_age"
    return next(iter(find_doubts(text, question.today)), None)


def _is_ambiguous(wish: Entities, own: Entities, tokens: Sequence[Token], said: Conversation) -> bool:
    """Whether it is open which district is meant: by this message, or still by the one that was asked back."""
    if wish.district or len(wish.districts) < 2:
        return False
    return not _names_each(own.districts, tokens) if own.districts else bool(said.pending)


def decide_search(
    decision: Decision, wish: Entities, own: Entities, named: Named, tokens: Sequence[Token], question: Question,
    text: str,
) -> Decision:  # fmt: skip
    """The decision with the search it asks for, or with a question back where a detail is missing or cannot be."""
    topic = decision.topics[0]
    aspect = decision.aspects[0] if decision.aspects[0] in SEARCHED else SEARCHED[0]
    odd = _oddity(text, question, own)
    asks = None
    if odd is not None:
        asks = "date" if odd.endswith("_date") else "child_age"
        wish = replace(wish, date=None, weekday=None, weekdays=()) if asks == "date" else replace(wish, children=())
    elif _is_ambiguous(wish, own, tokens, question.conversation):
        asks = "district"
    elif named.other_city and not own.district:
        odd = "other_city"
    if asks is not None:
        choice = Candidate(topic, decision.confidence)
        return replace(
            decision, kind=Kind.CLARIFY, topics=(), aspects=(), choices=(choice,), candidates=(choice,), asks=asks,
            oddity=odd, entities=wish,
        )  # fmt: skip
    aspects = (aspect, *decision.aspects[1:])
    return replace(decision, kind=Kind.OFFERS, aspects=aspects, oddity=odd, entities=wish)


def _searchable(topic: str | None, content: Content, off: frozenset[str]) -> Entry | None:
    """The entry of a topic that can be searched and is not switched off."""
    entry = content.entries.get(topic or "")
    return entry if entry is not None and entry.search and not entry.off and topic not in off else None


def _narrowed(named: Named, entry: Entry) -> Named:
    """Only the kinds that the topic searches, where one of them is named."""
    ours = tuple(kind for kind in named.kinds if kind in entry.search)
    return replace(named, kinds=ours) if ours else named


def was_searched(said: Conversation, content: Content) -> bool:
    """Whether the last topic was answered from our list."""
    entry = content.entries.get(said.topic or "")
    return entry is not None and bool(entry.search) and said.aspect in SEARCHED


def _goes_on(said: Conversation, analysis: Analysis, named: Named, content: Content) -> bool:
    """Whether the message goes on with the search before: what names a kind anew is a search of its own."""
    if not was_searched(said, content):
        return False
    return leans(analysis) if not named.kinds else bool(analysis.core) and analysis.core[0].text in BEGINS


def _topic_of(kinds: Iterable[str], words: SearchWords) -> str | None:
    """The one topic that searches all these kinds."""
    topics = {words.topics.get(kind) for kind in kinds}
    return topics.pop() if len(topics) == 1 else None


def find_search(
    decision: Decision, question: Question, analysis: Analysis, words: SearchWords, content: Content,
    off: frozenset[str],
) -> Decision:  # fmt: skip
    """The decision; where it answers a topic with a search and the message asks for places or dates, a search."""
    if decision.kind is not Kind.ANSWER:
        return decision
    entry = _searchable(decision.topics[0], content, off)
    if entry is None:
        return decision
    text, own, said = analysis.text.lower(), analysis.entities, question.conversation
    named = read_names(analysis.tokens, text, words)
    if not asks_for_places(analysis.core, decision.aspects[0], own, named):
        return decision
    topic = _topic_of(named.whole, words)
    named_entry = _searchable(topic, content, off)
    lingers = said.topic == decision.topics[0] and not set(named.kinds) & set(entry.search)
    if lingers and topic is not None and named_entry is not None:  # the topic of before lingers, the kind is another's
        entry, others = named_entry, tuple(c for c in decision.candidates if c.topic != topic)
        candidates = (Candidate(topic, decision.confidence), *others)[:5]
        decision = replace(decision, topics=(topic, *decision.topics[1:]), candidates=candidates)
    named = _narrowed(named, entry)
    follows = _goes_on(said, analysis, named, content)
    wish = combine(own, said.entities, named, entry, follows=follows)
    return decide_search(decision, wish, own, named, analysis.tokens, question, text)


# messages that need no ranking


def _is_filler(token: Token, words: SearchWords) -> bool:
    text = token.text
    return text in FILLERS or text in NUMBERS or fold(text) in words.areas or _WISH_WORD.fullmatch(text) is not None


def _direct(topic: str, confidence: float, analysis: Analysis) -> Decision:
    return Decision(
        Kind.ANSWER, (topic,), (SEARCHED[0],), candidates=(Candidate(topic, confidence),), confidence=confidence,
        entities=analysis.entities, lang=analysis.lang,
    )  # fmt: skip


def _quick_reply(
    question: Question, analysis: Analysis, words: SearchWords, content: Content, off: frozenset[str]
) -> Decision | None:
    """A quick reply of ours, „Titel: dienstags im Stadtteil …“: it says all itself, with and without a state."""
    before, colon, _ = question.message.partition(":")
    topic = words.titles.get(plain(before)) if colon else None
    entry = _searchable(topic, content, off)
    if topic is None or entry is None:
        return None
    tokens, text = analysis.tokens[len(plain(before).split()) :], analysis.text.lower()
    named = _narrowed(read_names(tokens, text, words), entry)
    own = analysis.entities
    if not _says_a_wish(own, named):
        return None
    wish = combine(own, Entities(), named, entry, follows=False)
    return decide_search(_direct(topic, 1.0, analysis), wish, own, named, tokens, question, text)


def _chosen_district(question: Question, analysis: Analysis) -> Analysis:
    """The message read as one of the districts that were asked back, when it names its place: „das erste“."""
    said = question.conversation
    districts = said.entities.districts
    place = ORDINALS.get(plain(question.message).removeprefix("ich meine ").removeprefix("nummer "))
    if len(said.pending) != 1 or place is None or place >= len(districts):
        return analysis
    return replace(analysis, entities=Entities(district=districts[place]))


def _follow_up(
    question: Question, analysis: Analysis, words: SearchWords, content: Content, off: frozenset[str]
) -> Decision | None:
    """A message of wishes alone after a search: „und mittwochs?“, „für Zweijährige?“, „das erste“."""
    said = question.conversation
    entry = _searchable(said.topic, content, off)
    tokens = analysis.tokens
    if said.topic is None or entry is None or not was_searched(said, content) or len(tokens) > FOLLOW_UP_WORDS:
        return None
    chosen = _chosen_district(question, analysis)
    own, text = chosen.entities, analysis.text.lower()
    named = read_names(tokens, text, words)
    if any(kind not in entry.search for kind in named.kinds):
        return None
    if named.kinds and not _goes_on(said, analysis, named, content):
        return None
    if chosen is analysis:
        odd = own.doubtful or find_doubts(text, question.today)
        rest = (token for i, token in enumerate(tokens) if i not in named.used)
        if not (odd or _says_a_wish(own, named)) or not all(_is_filler(token, words) for token in rest):
            return None
    wish = combine(own, said.entities, named, entry, follows=True)
    return decide_search(_direct(said.topic, PLAIN_CONFIDENCE, analysis), wish, own, named, tokens, question, text)


def _names_a_record(tokens: Sequence[Token], words: SearchWords) -> bool:
    folded = [(fold(token.text),) for token in tokens]
    return any(_phrase_at(folded, at, words.offers) for at, form in enumerate(folded) if form[0] in words.offers)


def _plain_search(
    question: Question, analysis: Analysis, words: SearchWords, content: Content, off: frozenset[str]
) -> Decision | None:
    """A message that is a search and nothing else, „Ich suche eine Kita in der Altstadt“: a kind, and a wish for it."""
    own, tokens, said = analysis.entities, analysis.core, question.conversation
    where, when = own.district or own.districts, own.weekday or own.weekdays or own.part_of_day
    if len(tokens) > SEARCH_WORDS or not (where or when or own.children or _names_a_record(tokens, words)):
        return None
    others = [token for token in tokens if not _is_filler(token, words)]
    if not 0 < len(others) <= KIND_WORDS:
        return None
    text = analysis.text.lower()
    named = read_names(tokens, text, words)
    kinds = {words.kind_of[named.offer]} if named.offer else {*named.kinds}
    topic = _topic_of(kinds, words)
    entry = _searchable(topic, content, off)
    if topic is None or entry is None or any(t in others for at, t in enumerate(tokens) if at not in named.used):
        return None
    is_wish = where or (when and words.dated & kinds) or (own.children and words.aged & kinds)
    if not named.offer and (named.kinds != named.whole or not is_wish):  # „Ist die Kita morgen zu?“
        return None
    wish = combine(own, said.entities, named, entry, follows=_goes_on(said, analysis, named, content))
    aspect = SEARCHED[0] if ASK_FOR_HOURS.isdisjoint(token.text for token in tokens) else SEARCHED[1]
    decision = replace(_direct(topic, PLAIN_CONFIDENCE, analysis), aspects=(aspect,))
    return decide_search(decision, wish, own, named, tokens, question, text)


def find_direct_search(
    question: Question, analysis: Analysis, words: SearchWords, content: Content, off: frozenset[str]
) -> Decision | None:
    """The decision of a message that asks for a search without a doubt, or None."""
    if ":" in question.message:
        found = _quick_reply(question, analysis, words, content, off)
        if found is not None:
            return found
    if question.conversation.topic is not None:
        found = _follow_up(question, analysis, words, content, off)
        if found is not None:
            return found
    return _plain_search(question, analysis, words, content, off)
