"""Matrix products whose rows do not depend on how many rows there are."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

BLOCK = 32


def rowwise_product(rows: Floats, matrix: Floats) -> Floats:
    """Return ``rows @ matrix``, [B, n] by [n, m], in blocks of 32 rows padded with zeros.

    BLAS picks its kernel by shape, so the last bits of a plain product change with B; with
    blocks of one shape a dialogue's numbers are the same alone and in any batch.
    """
    count, width = rows.shape
    padding = -count % BLOCK
    if padding:
        rows = np.concatenate([rows, np.zeros((padding, width), rows.dtype)])
    blocks = np.ascontiguousarray(rows).reshape(-1, BLOCK, width)
    return np.asarray((blocks @ matrix).reshape(-1, matrix.shape[1])[:count])
