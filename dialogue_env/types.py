"""Names for the array types, said once."""

from typing import Any

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U64 = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]
Records = npt.NDArray[Any]
"""A structured array: one record a dialogue, fields by name."""
Record = Any
"""One record of a structured array: reads and writes its fields as attributes, and writes through to the array."""
