from . import controllers
from . import models
from . import wizards
from .log_filter import install

install()
