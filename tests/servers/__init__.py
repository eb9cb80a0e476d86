"""Which database servers do the tests talk to, and where do they come from?

``provide()`` answers for both products, in this order: the URL in the environment, the servers that
``scripts/servers start`` left running, those on the default loopback ports, programs found on this
machine and started in a private folder, and, if that is allowed, programs installed first.
"""

from .find import Server, Unusable, provide
from .keep import Kept, forget, recall, remember
from .products import MARIADB, POSTGRESQL, PRODUCTS, Product

__all__ = [
    "MARIADB",
    "POSTGRESQL",
    "PRODUCTS",
    "Kept",
    "Product",
    "Server",
    "Unusable",
    "forget",
    "provide",
    "recall",
    "remember",
]
