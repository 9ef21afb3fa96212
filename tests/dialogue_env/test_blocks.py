import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogue_env.blocks import rowwise_product


@given(st.integers(1, 100), st.integers(1, 40), st.integers(1, 40), st.integers(0, 10**6))
def test_rows_do_not_depend_on_the_batch(count: int, width: int, columns: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    rows, matrix = chance.normal(size=(count, width)).astype(np.float32), chance.normal(size=(width, columns)).astype(np.float32)
    product = rowwise_product(rows, matrix)
    assert product.shape == (count, columns)
    np.testing.assert_allclose(product, rows @ matrix, rtol=1e-4, atol=1e-4)
    for i in {0, count // 2, count - 1}:
        np.testing.assert_array_equal(rowwise_product(rows[i : i + 1], matrix)[0], product[i])
    order = chance.permutation(count)
    np.testing.assert_array_equal(rowwise_product(rows[order], matrix), product[order])


@pytest.mark.parametrize("count", [1, 31, 32, 33, 64])
def test_by_hand(count: int) -> None:
    rows = np.tile(np.array([1.0, 2.0], np.float32), (count, 1))
    matrix = np.array([[1.0, 0.0, -1.0], [3.0, 1.0, 0.5]], np.float32)
    assert rowwise_product(rows, matrix).tolist() == [[7.0, 2.0, 0.0]] * count
