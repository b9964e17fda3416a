"""The arena is there for every test of this folder."""

from attack_arena import arena

__all__ = ["arena"]
