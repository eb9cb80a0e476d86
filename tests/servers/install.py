"""How does a machine without a server's programs get them?"""

from __future__ import annotations

import importlib
import sys

from .products import Product
from scripts.environment import apt_install, say, succeeds


def install(product: Product) -> bool:
    """Install a product's programs; True if they are there now."""
    ways = (from_debian, from_pypi)
    return any(way(product) and product.programs() is not None for way in ways)


def from_debian(product: Product) -> bool:
    """As Debian packages, which takes root."""
    return apt_install(*product.packages)


def from_pypi(product: Product) -> bool:
    """As a wheel, which goes anywhere."""
    if product.wheel is None:
        return False
    say(f"installing the wheel {product.wheel}")
    done = succeeds([sys.executable, "-m", "pip", "install", "--quiet", product.wheel])
    importlib.invalidate_caches()
    return done
