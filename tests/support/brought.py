"""What a release brings in the tests: a menu with a text and a desk in it, and other hours of a desk."""

from ivr.editions.texts import TextPlace

LINE = "line.toml"
HOURS = TextPlace(LINE, "desk.police.hours")

_WORDS = {
    "menu.renewal.name": ("更新", "renewing a card"),
    "menu.renewal.option": ("更新は、", "For renewing a card,"),
    "text.expiry.name": ("有効期限", "the expiry"),
    "text.expiry.option": ("有効期限は、", "For the expiry,"),
    "text.expiry.passages.1": ("カードの期限は、十年です。", "A card is good for ten years."),
    "desk.counter.name": ("交付窓口", "the card counter"),
    "desk.counter.option": ("交付窓口は、", "For the card counter,"),
    "desk.counter.about": ("カードを、お渡しする窓口です。", "It hands out cards."),
    "desk.counter.charge": ("通話料は、かかります。", "Calls are charged."),
    "words.renewal": ('["更新"]', '["renewal"]'),
    "words.expiry": ('["期限"]', '["expiry"]'),
    "words.counter": ('["交付"]', '["counter"]'),
}

MENU_TEXT_AND_DESK = {
    TextPlace(LINE, "menu.card.options"): '["lost", "leaked", "renewal"]',
    TextPlace(LINE, "menu.renewal.options"): '["expiry", "counter"]',
    TextPlace(LINE, "menu.renewal.desks"): '["city"]',
    TextPlace(LINE, "text.expiry.choices"): '["counter"]',
    TextPlace(LINE, "text.expiry.desks"): '["counter"]',
    TextPlace(LINE, "text.expiry.source"): '"市のページ"',
    TextPlace(LINE, "desk.counter.numbers"): '["045-671-0001"]',
    TextPlace(LINE, "desk.counter.dial"): '"045-671-0001"',
    TextPlace(LINE, "desk.counter.hours"): '"Mo-Fr 09:00-17:00"',
    TextPlace(LINE, "desk.counter.languages"): '["ja"]',
    TextPlace(LINE, "desk.counter.source"): '"市のページ"',
    **{TextPlace("ja.toml", key): japanese for key, (japanese, _) in _WORDS.items()},
    **{TextPlace("en.toml", key): english for key, (_, english) in _WORDS.items()},
}
