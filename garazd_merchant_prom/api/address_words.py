"""The words that tell the parts of a Ukrainian delivery address, in Ukrainian and in Russian.

Patterns match a folded text (see `fold` in :mod:`.address_parts`): lower case, one kind of
apostrophe, and Cyrillic letters where Latin ones only look like them.
"""

import re

#: Ways a parcel can go.
BRANCH, LOCKER, DOOR, PICKUP, UNKNOWN = "branch", "locker", "door", "pickup", "unknown"

# Carriers, by the code that Prom has for them or, failing that, by a code of our own.
NOVA_POSHTA = "nova_poshta"
UKRPOSHTA = "ukrposhta"
MEEST = "meest"
JUSTIN = "justin"
DELIVERY_AUTO = "delivery_auto"
ROZETKA = "rozetka"
# Name of a carrier in any case: "Нова Пошта", "Новою Поштою", "Новой Почты".
PROVIDERS = {
    NOVA_POSHTA: r"нов(?:а|ої|ою|у|ій|ая|ой|ую) по(?:шт|чт)\w*|nova post\w*|(?<!\w)нп(?!\w)"
    r"|(?<!\w)нп(?=\s?\d)|новапошта|nova ?poshta",
    UKRPOSHTA: r"укр\.?[ -]?по(?:шт|чт)\w*|ukr ?poshta",
    MEEST: r"meest\w*|міст[ -]експрес\w*|мист[ -]экспресс\w*|(?<!\w)міст пошт\w*",
    JUSTIN: r"justin|джастін\w*|джастин\w*",
    DELIVERY_AUTO: r"(?<!\w)делівері(?!\w)|(?<!\w)деливери(?!\w)|(?<!\w)delivery(?!\w)",
    ROZETKA: r"rozetka\w*|розетк\w*",
}
PROVIDER = re.compile("|".join(f"(?P<{code}>{words})" for code, words in PROVIDERS.items()))

LOCKER_WORD = r"(?:пошто|почто|поста|пак)мат\w*|parcel locker|locker"
_POINT_WORD = (
    r"пункт\w* (?:(?:приймання|прийому|при[её]ма|самовивозу|самовывоза)"
    r"(?:[ -](?:та |и |і )?(?:видач|выдач)\w*)?|видач\w*|выдач\w*)"
    r"|точк\w* (?:видач|выдач)\w*|(?<!\w)пвз(?!\w)"
)
BRANCH_WORD = (
    r"(?<!\w)в[іи]дд[іи]ленн?\w*|(?<!\w)отдел[еі]н\w*|(?<!\w)(?:відд|від|отд|отдел)(?:\.|(?!\w))"
    r"|(?<!\w)філі[яїює](?!\w)|(?<!\w)филиал\w*|(?<!\w)branch(?!\w)|(?<!\w)склад(?:і|е|у|а)?(?!\w)"
    rf"|{_POINT_WORD}|магазин\w* «?\"?(?:rozetka|розетк[аи])|поштове відділення"
    r"|почтовое отделение"
)
#: The carrier's name is enough for its branch as long as a number follows: "НП 5", "Нова Пошта №5".
_BRANCH_SHORT = r"(?:(?<!\w)нп|нов(?:а|ая) (?:пошта|почта))\.?\s?(?=(?:№|n|#)?\s?\d)(?!\s?24)"
PICKUP_WORD = r"самови[вд][іио]?[зс]\w*|самовывоз\w*|самовивоз\w*"
COURIER_WORD = (
    r"кур['ь]?[єе]р\w*|адресн(?:а|ая|ої|ой|у|ую) доставк\w*|до двере\w*|до дверей|на адрес[уа]"
    r"|до под'їзду|door[ -]to[ -]door|courier"
)

STREET_WORD = (
    r"вулиц[яіїюе](?!\w)|улиц[аыуе](?!\w)|(?:вул|ул)\.|(?:вул|ул)(?!\w)"
    r"|проспект\w*|просп\.|просп(?!\w)|пр-кт\.?|пр-т\.?|пр\.|бульвар\w*|бульв\.?|б-р\.?"
    r"|провул\w*|пров\.|пров(?!\w)|переул\w*|пер\.|площ[аіьи]\w*|пл\.|шосе(?!\w)|шоссе(?!\w)"
    r"|набережн\w*|наб\.|майдан\w*|узвіз\w*|спуск(?!\w)|тупик\w*|проїзд\w*|проезд\w*|алея|аллея"
    r"|мікрорайон\w*|микрорайон\w*|мкр\.?|м-н\.?|мр-н\.?|квартал\w*|ж/м|street(?!\w)|str\."
)
BUILDING_WORD = r"(?:будин(?:ок|ку)|дом)(?!\w)|буд\.?(?!\w)|(?:д|б)\.?(?=\s?\d)"
APARTMENT_WORD = (
    r"квартир[аи](?!\w)|кв\.?(?!\w)|кв\.?(?=\d)|офіс(?!\w)|офис(?!\w)|оф\.|кімната|комната|кімн\."
    r"|приміщення|прим\.|apt\.?"
)
SETTLEMENT_WORD = (
    r"місто(?!\w)|город(?!\w)|м\.|г\.|село(?!\w)|с\.|селище(?: міського типу)?(?!\w)|сел\.|смт\.?"
    r"|пос[её]лок(?: городского типа)?(?!\w)|пос\.|пгт\.?|хутір|хутор|х\.|(?:м|г|с)(?=\s[^\W\d])"
)
REGION_WORD = r"(?:област(?:ь|і|и)|обл\.?)(?!\w)"
DISTRICT_WORD = (
    r"(?:р-н|р-ну|район|району|р\.?н\.?)(?!\w)|територіальна громада|громада|т\.?г\.?|отг"
)
COUNTRY = re.compile(r"(?:україна|украина|ukraine)\.?")
#: What stands before the thing a place is beside of, not the place itself.
BESIDE = re.compile(r"(?:біля|поруч(?: з)?|поряд(?: з)?|навпроти|возле|около|рядом с|напротив)\s*$")

#: Numbers of a house: 5, 5а, 5-А, 12/4, 12 к. 3, 12 корп. 3.
HOUSE = (
    r"\d{1,4}(?:\s?[-/]?\s?[а-яіїєґa-z](?!\w))?(?:\s?[/-]\s?\d{1,4}(?:[а-яіїєґa-z](?!\w))?)?"
    r"(?:\s?(?:корпус|корп\.?|к\.?|секція|секция|під'їзд|блок|строение|стр\.)\s?\w{1,4})?"
)
NUMBER_SIGN = r"(?:№|n[o°º]?\.?|#|номер)"

_MARK = {
    "courier": COURIER_WORD,
    "locker": LOCKER_WORD,
    "short": _BRANCH_SHORT,
    "branch": BRANCH_WORD,
    "pickup": PICKUP_WORD,
    "street": STREET_WORD,
    "building": BUILDING_WORD,
    "apartment": APARTMENT_WORD,
}
#: Words at which a new part of the address begins, whether a comma stands before them or not.
MARK = re.compile(
    "|".join(f"(?P<{name}>(?<![\\w'/-])(?:{words}))" for name, words in _MARK.items())
)
SETTLEMENT = re.compile(rf"(?:{SETTLEMENT_WORD})\s*")
REGION = re.compile(
    rf"[\w'.-]+(?: [\w'-]+)?\s+{REGION_WORD}|{REGION_WORD}\s*[\w'-]+|ар крим|ар крым"
)
DISTRICT = re.compile(rf"[\w'-]+\s+(?:{DISTRICT_WORD})|(?:р-н|район)\.?\s*[\w'-]+")
POSTCODE = re.compile(r"(?:(?:поштовий |почтовый )?індекс|(?:почтовый )?индекс|zip)?[:\s]*(\d{5})")
WEIGHT = re.compile(r"\(?\s*(?:до|від|от|>|<|понад|свыше)\s*\d+(?:[.,]\d+)?\s*кг[^),:]*\)?")
