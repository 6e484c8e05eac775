"""Where things are. All that is installed lies in one folder that git ignores."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "tools"
LOCAL = ROOT / ".local"
LOGS = LOCAL / "logs"
DOWNLOAD = LOCAL / "download"
ODOO = LOCAL / "odoo"
VENV = LOCAL / "venv"
DEV_VENV = LOCAL / "dev"
DATA = LOCAL / "data"
TEST_DATA = LOCAL / "data-test"

MODULES = (
    "garazd_product_feed",
    "garazd_merchant_center",
    "garazd_merchant_prom",
    "garazd_prom_delivery_bridge",
)
TEST_ADDONS = ROOT / "tests" / "addons"
