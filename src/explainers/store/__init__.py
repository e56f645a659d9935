"""Products by key, and the care of them: what there is, whether it is whole, what may go."""

from explainers.store.products import LAYOUT, RECORD, Product, Store

__all__ = ["LAYOUT", "RECORD", "Product", "Store"]
