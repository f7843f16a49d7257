"""Goldens of packages/aqa-heads: python goldens/aqa-heads.py [method ...].

References of this project's own in torch.nn.functional, one module a method in goldens/aqa_heads: losses, gradients of all weights and
inputs, and predictions, at small sizes in float64, stored as float32.
"""

import sys
from importlib import import_module

import torch

from aqa_heads.common import SEED

METHODS = ["usdl", "core", "hp_mcore", "tpt", "tsa", "rica2"]

if __name__ == "__main__":
    for method in sys.argv[1:] or METHODS:
        torch.manual_seed(SEED)
        import_module(f"aqa_heads.{method}").write()
