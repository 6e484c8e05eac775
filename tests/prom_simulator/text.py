"""Texts as Prom writes them: money, dates, languages (api.md sections 1, 3 and 4)."""

import re
from datetime import timezone
from decimal import Decimal

NBSP = "\u00a0"
NARROW_NBSP = "\u202f"

#: form -> (thousands separator, decimal sign, suffix); api.md section 4.
MONEY_FORMS = {
    "nbsp": (NBSP, ",", NBSP + "грн"),
    "space": (" ", ",", " грн"),
    "narrow": (NARROW_NBSP, ",", NARROW_NBSP + "грн"),
    "dot": (NBSP, ".", NBSP + "грн"),
    "bare": ("", ".", ""),
    "tenge": (NBSP, ",", NBSP + "₸"),
}
#: Forms met on Prom.ua; the tenge belongs to the sister site.
DEFAULT_MONEY_FORMS = ("nbsp", "space", "narrow", "dot", "bare")

LANGUAGES = ("uk", "ru", "en")
DEFAULT_LANGUAGE = "ru"

_GOOD_DATE = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?\Z")
_SILENT_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S+\Z")

#: Date used by the silently failing filter: nothing is ever later.
NEVER = "9999-12-31T23:59:59"


def money_text(amount, form="nbsp"):
    """Write an amount for people: `1 234,50 грн`; whole amounts have no decimals.

    :param Decimal amount: the amount.
    :param str form: key of MONEY_FORMS.
    :rtype: str
    """
    thousands, decimal_sign, suffix = MONEY_FORMS[form]
    amount = Decimal(amount).quantize(Decimal("0.01"))
    if form == "bare":
        return str(amount)
    whole, fraction = f"{abs(amount):,.2f}".split(".")
    text = whole.replace(",", thousands)
    if fraction != "00":
        text += decimal_sign + fraction
    return ("-" if amount < 0 else "") + text + suffix


def money_number(amount):
    """Return a JSON number for an amount (products, delivery cost).

    :rtype: int or float
    """
    amount = Decimal(amount).quantize(Decimal("0.01"))
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def date_text(moment, offset=True):
    """Write a date as answers carry it: microseconds and `+00:00`.

    :param datetime moment: aware moment.
    :param bool offset: False leaves the offset out (seen by one client, api.md 3).
    :rtype: str
    """
    text = moment.astimezone(timezone.utc).replace(tzinfo=None).isoformat(timespec="microseconds")
    return text + "+00:00" if offset else text


class BadParameterError(Exception):
    """A query parameter or body field Prom answers with HTTP 200 and `error`."""

    def __init__(self, key, **values):
        super().__init__(key)
        self.key = key
        self.values = values


def date_filter(name, value):
    """Check a date filter and return a text that compares with stored dates.

    :param str name: name of the query parameter.
    :param str value: its value, may be None.
    :return: comparable text, None without filter; `NEVER` for a fraction or a zone, the form
        that empties the answer silently (api.md 3).
    :rtype: str or None
    :raises BadParameterError: when it is no date at all.
    """
    if not value:
        return None
    if _GOOD_DATE.match(value):
        return (value if "T" in value else value + "T00:00:00") + ".000000"
    if _SILENT_DATE.match(value):
        return NEVER
    raise BadParameterError("bad_parameter", name=name)


def language_of(header):
    """Return the language of an answer.

    :param str header: X-LANGUAGE, may be None.
    :rtype: str
    """
    value = (header or "").strip().lower()
    return value if value in LANGUAGES else DEFAULT_LANGUAGE


#: Labels of the order statuses: (uk, ru, en).
STATUS_LABELS = {
    "pending": ("Новий", "Новый", "New"),
    "received": ("Прийнято", "Принят", "Accepted"),
    "paid": ("Оплачено", "Оплачен", "Paid"),
    "delivered": ("Виконано", "Выполнен", "Fulfilled"),
    "canceled": ("Скасовано", "Отменен", "Canceled"),
    "draft": ("Чернетка", "Черновик", "Draft"),
}

#: Reason codes of a cancellation: (uk, ru, en); api.md 7.
CANCELLATION_REASONS = {
    "not_available": ("Немає в наявності", "Нет в наличии", "Out of stock"),
    "price_changed": ("Змінилася ціна", "Изменилась цена", "Price changed"),
    "buyers_request": ("На прохання покупця", "По просьбе покупателя", "Buyer's request"),
    "not_enough_fields": ("Недостатньо даних", "Недостаточно данных", "Not enough data"),
    "duplicate": ("Дублікат замовлення", "Дубликат заказа", "Duplicate order"),
    "invalid_phone_number": ("Невірний телефон", "Неверный телефон", "Invalid phone number"),
    "less_than_minimal_price": (
        "Менше мінімальної суми",
        "Меньше минимальной суммы",
        "Below the minimum order",
    ),
    "another": ("Інша причина", "Другая причина", "Another reason"),
}
REASONS_WITH_TEXT = ("price_changed", "not_enough_fields", "another")

#: Error texts: (uk, ru, en). The first two are the same in every language: they are quoted
#: literally by the people who met them (api.md 5).
MESSAGES = {
    "status_not_allowed": ("This status value is not allowed",) * 3,
    "unknown_field": ("Unknown field.",) * 3,
    "bad_parameter": (
        "Невірне значення параметра {name}",
        "Неверное значение параметра {name}",
        "Wrong value of parameter {name}",
    ),
    "required": (
        "Поле {name} обов'язкове",
        "Поле {name} обязательно",
        "Field {name} is required",
    ),
    "bad_json": ("Невірний JSON", "Неверный JSON", "Invalid JSON"),
    "not_array": (
        "Очікується список товарів",
        "Ожидается список товаров",
        "A list of products is expected",
    ),
    "too_many": (
        "Не більше {limit} товарів за один запит",
        "Не более {limit} товаров за один запрос",
        "No more than {limit} products per request",
    ),
    "unknown_status": (
        "Невідомий статус замовлення",
        "Неизвестный статус заказа",
        "Unknown order status",
    ),
    "reason_required": (
        "Вкажіть причину скасування (cancellation_reason)",
        "Укажите причину отмены (cancellation_reason)",
        "A cancellation_reason is required",
    ),
    "reason_unknown": (
        "Невідома причина скасування",
        "Неизвестная причина отмены",
        "Unknown cancellation_reason",
    ),
    "reason_text": (
        "Для цієї причини потрібен cancellation_text",
        "Для этой причины нужен cancellation_text",
        "This reason needs a cancellation_text",
    ),
    "reason_only_canceled": (
        "cancellation_reason можна вказати лише для canceled",
        "cancellation_reason можно указать только для canceled",
        "cancellation_reason goes with canceled only",
    ),
    "order_not_found": ("Замовлення не знайдено", "Заказ не найден", "Order not found"),
    "order_closed": (
        "Статус закритого замовлення змінити не можна",
        "Статус закрытого заказа изменить нельзя",
        "The status of a closed order cannot be changed",
    ),
    "not_refundable": (
        "Для замовлення немає оплати, яку можна повернути",
        "Для заказа нет оплаты, которую можно вернуть",
        "The order has no payment to refund",
    ),
    "product_not_found": ("Товар не знайдено", "Товар не найден", "Product not found"),
    "presence_inherited": (
        "Наявність різновиду успадковується від основного товару",
        "Наличие разновидности наследуется от основного товара",
        "Presence of a variation is inherited from its base product",
    ),
    "not_a_number": ("Потрібне число", "Нужно число", "Not a valid number."),
    "not_positive": ("Має бути більше 0", "Должно быть больше 0", "Must be greater than 0."),
    "not_a_choice": ("Недопустиме значення", "Недопустимое значение", "Not a valid choice."),
    "not_text": ("Потрібен рядок", "Нужна строка", "Not a valid string."),
    "not_bool": ("Потрібне true або false", "Нужно true или false", "Not a valid boolean."),
    "too_long": (
        "Довше ніж {limit} символів",
        "Длиннее чем {limit} символов",
        "Longer than {limit} characters.",
    ),
    "bad_value": ("Невірне значення", "Неверное значение", "Invalid value."),
    "declaration_exists": (
        "Номер накладної вже додано",
        "Номер накладной уже добавлен",
        "Declaration id is already added",
    ),
    "declaration_provider": (
        "Спосіб доставки замовлення не відповідає delivery_type",
        "Способ доставки заказа не соответствует delivery_type",
        "The order's delivery does not match delivery_type",
    ),
    "import_url": (
        "Невірне посилання на файл",
        "Неверная ссылка на файл",
        "Invalid link to the file",
    ),
    "import_limit": (
        "Досягнуто денний ліміт імпортів",
        "Достигнут дневной лимит импортов",
        "The daily limit of imports is reached",
    ),
    "import_file": ("Файл не додано", "Файл не приложен", "No file is attached"),
}


def translate(texts, language):
    """Pick one of (uk, ru, en) texts.

    :param tuple texts: the three texts.
    :param str language: uk, ru or en.
    :rtype: str
    """
    return texts[LANGUAGES.index(language)]


def message(key, language, **values):
    """Return an error text.

    :param str key: key of MESSAGES.
    :param str language: uk, ru or en.
    :rtype: str
    """
    return translate(MESSAGES[key], language).format(**values)
