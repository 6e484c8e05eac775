"""Texts of records in several languages."""


def pick_text(texts, lang):
    """Return the text in a language, else in Ukrainian, else any; False without one.

    :param dict texts: by code of the language
    """
    return texts.get(lang) or texts.get("uk_UA") or next(iter(texts.values()), False)


def write_translations(record, field_name, texts):
    """Write a text in those of its languages that are installed.

    :param dict texts: by code of the language
    """
    installed = {code for code, _name in record.env["res.lang"].get_installed()}
    for code in installed.intersection(texts):
        translated = record.with_context(lang=code)
        if translated[field_name] != texts[code]:
            translated[field_name] = texts[code]
