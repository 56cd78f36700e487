"""The golden cases of inputs and weights in float16 and bfloat16: pairs of types over a few shapes."""

from dataclasses import dataclass

import ml_dtypes
import numpy as np

from cases import Case, given

NUMPY_TYPES = {"float": np.float32, "float16": np.float16, "bfloat16": ml_dtypes.bfloat16}

PAIRS = [("float16", "float16"), ("bfloat16", "bfloat16"), ("float", "float16"), ("float", "bfloat16")]

SHAPES = [
    given(5, 16, 8, 30),
    given(7, 33, 20, 40, 3, "mod3", hits=True),
    given(9, 8, 17, 25, 2, "div2", reduction="mean", has_biases=False, noq=True),
    given(4, 20, 12, 24, 2, "div3", rows=(9, 0, 15), reduction="sum", labels_type="int32"),
]


@dataclass(frozen=True)
class HalfCase:
    shape: Case
    inputs_type: str
    weights_type: str

    @property
    def name(self):
        short = {"float": "f", "float16": "h", "bfloat16": "bf"}
        return f"{short[self.inputs_type]}_{short[self.weights_type]}_{self.shape.name}"

    @property
    def dtypes(self):
        """Of inputs and of weights and biases."""
        return NUMPY_TYPES[self.inputs_type], NUMPY_TYPES[self.weights_type]


CASES = [HalfCase(shape, *pair) for pair in PAIRS for shape in SHAPES]
