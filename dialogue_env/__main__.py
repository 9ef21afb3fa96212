"""``python -m dialogue_env``: embed the texts of the shipped domains and write them into the package.

Run it after a change to a shipped topic or question; needs ``pip install -e .[offline]`` or a network.
"""

from dialogue_env.domain import embedding
from dialogue_env.domain.domain import FOLDER, read_texts


def main() -> None:
    """Write ``domains/vectors.npz`` with exactly the texts in use."""
    texts = sorted({text for path in FOLDER.glob("*.toml") for text in read_texts(path)})
    embedding.write_vectors(embedding.SHIPPED, embedding.encode(texts))
    print(f"{embedding.SHIPPED.name}: vectors of {len(texts)} texts")


if __name__ == "__main__":
    main()
