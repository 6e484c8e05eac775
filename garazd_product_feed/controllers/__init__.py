from . import product_data_feed
