from . import document
from . import generation
from . import picture
from . import text
