"""What templates see of records: values that may be published, and no way to anything else."""

from odoo.models import BaseModel

# What a path never leads to.
PRIVATE_MODELS = ("bus.", "discuss.", "ir.", "mail.", "product.data.feed", "res.users")
PRIVATE_FIELDS = ("activity_", "message_")
# Not to be written into a text or a number.
UNREADABLE_TYPES = (
    "binary",
    "json",
    "properties",
    "properties_definition",
    "many2one_reference",
    "reference",
)


def is_publishable(field):
    """Tell whether the value of a field may get into a public file at all.

    The file is written with elevated rights, past the record rules. So no path leads to what those
    rules protect: people, their messages, and the documents of the business.

    :param odoo.fields.Field field:
    """
    if field.type in UNREADABLE_TYPES or field.name.startswith(PRIVATE_FIELDS):
        return False
    if not field.relational:
        return True
    if field.comodel_name.startswith(PRIVATE_MODELS):
        return False
    is_catalogue = field.model_name.startswith("product.")
    match field.type:
        case "many2one":
            return True
        case "many2many":
            return is_catalogue
        case _:
            # Lines of the product itself, but not its stock moves or orders.
            return is_catalogue and field.comodel_name.startswith("product.")


class Readable:
    """A record that can be read, field by field, and that cannot do anything.

    Fields that are for some groups of users only are not among those.

    :param odoo.models.BaseModel record: one record
    """

    __slots__ = ("_record",)

    def __init__(self, record):
        self._record = record

    def __getattr__(self, name):
        field = self._record._fields.get(name)
        if field is None or field.groups or not is_publishable(field):
            raise AttributeError(f"{name} cannot be published")
        value = self._record[name]
        # Nothing is printed where nothing is chosen.
        return protect(value) if value or field.type != "many2one" else False

    __getitem__ = __getattr__

    def __str__(self):
        return self._record.display_name or ""

    __repr__ = __str__


def protect(value):
    """Return the value of a template with all records in it made readable only.

    :param object value: a record, records, a list or dictionary, or anything plain
    """
    if isinstance(value, BaseModel):
        # Fields of one record are what templates print; of several there is nothing to print.
        return Readable(value) if len(value) == 1 else tuple(map(Readable, value))
    if isinstance(value, dict):
        return {key: protect(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [protect(item) for item in value]
    return value
