"""Which relations point to a model? The path that earlier versions answered this from."""

from ...schema.reverse import get_reverse_relations, register_reverse_relation

__all__ = ["get_reverse_relations", "register_reverse_relation"]
