"""Words that are looked for in what shops write."""

# What Prom.ua's content rules forbid in names, descriptions and search queries.
# The beginning of a word: its endings, as a regular expression, all in lower case. Only forms that
# mean nothing else, and beginnings that are rare in other words: they are searched for first.
FORBIDDEN_WORDS = {
    "купи": "ти|ть|те",  # lint: allow - buy
    "купіт": "ь",  # lint: allow - buy
    "купуй": "те|",  # lint: allow - buy
    "покупай": "те|",  # lint: allow - buy
    # The noun is none of them: "made to order" describes a product.
    "замов": "ити|те|ляйте|ляй",  # lint: allow - order
    "заказ": "ать|ывайте|ывай",  # lint: allow - order
    "закаж": "ите|и",  # lint: allow - order
    "дешев": "о|ий|а|е|і|их|ый|ая|ое|ые|ых|ше|ле",  # lint: allow - cheap
    "дешёв": "о|ый|ая|ое|ые|ых",  # lint: allow - cheap
    "недорог": "о|ий|а|е|і|их|ой|ая|ое|ие",  # lint: allow - cheap
    "оптом": "",  # lint: allow - wholesale
    "оптов": "ий|а|е|і|ый|ая|ое|ые",  # lint: allow - wholesale
    "viber": "",
    "telegram": "",
    "whatsapp": "",
    "вайбер": "і|е|у|ом|",  # lint: allow - messenger
    "телеграм": "і|е|у|ом|",  # lint: allow - messenger
    "ватсап": "і|е|у|ом|",  # lint: allow - messenger
    "вотсап": "і|е|у|ом|",  # lint: allow - messenger
}

# What is drawn as a coloured picture without being asked to; stars, ticks and arrows of text fonts
# are not.
EMOJI = (
    "\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1"
    "\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705"
    "\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50"
    "\u2b55\U0001f004\U0001f0cf\U0001f18e\U0001f191-\U0001f19a\U0001f1e6-\U0001f1ff"
    "\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7eb\U0001f90c-\U0001faff"
)
# Asks for the picture of the character before it.
EMOJI_SELECTOR = "\ufe0f"

# Attributes of products with one of these names hold the manufacturer.
VENDOR = (
    *("brand", "manufacturer", "vendor"),
    *("бренд", "виробник", "торгова марка"),  # lint: allow - names that shops give
    "производитель",  # lint: allow - a name that shops give
)

# Fixed texts that mean "no".
NO = ("0", "false", "no", "ні", "нет")  # lint: allow - what people write
