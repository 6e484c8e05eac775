from . import product_product
from . import product_data_feed_source
from . import product_data_feed_publication
from . import product_data_feed
from . import product_data_feed_issue
from . import product_data_feed_format
from . import product_data_feed_format_prom
