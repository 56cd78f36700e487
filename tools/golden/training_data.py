"""The example pairs and initial parameters of the recorded training run; needs numpy alone."""

import numpy as np

VOCABULARY, DIM, BATCH, STEPS = 5000, 64, 256, 300
FOLLOWERS = 4  # of each word
FOLLOWS = 0.75  # how often the next word is one of them
ZIPF_OFFSET = 10.0


def pairs():
    """inputs and labels, int16 [STEPS, BATCH] each: words of a Markov chain and the words after them.

    Words are drawn with probability 1 / (rank + ZIPF_OFFSET), the followers of each once and for all.
    """
    rng = np.random.default_rng(20261122)
    zipf = 1.0 / (np.arange(VOCABULARY) + ZIPF_OFFSET)
    cumulative = np.cumsum(zipf / zipf.sum())

    def draw(shape):
        return np.minimum(np.searchsorted(cumulative, rng.random(shape)), VOCABULARY - 1)

    followers = draw((VOCABULARY, FOLLOWERS))
    inputs, labels = np.empty((STEPS, BATCH), np.int16), np.empty((STEPS, BATCH), np.int16)
    words = draw(BATCH)  # BATCH chains side by side
    for step in range(STEPS):
        follower = followers[words, rng.integers(FOLLOWERS, size=BATCH)]
        following = np.where(rng.random(BATCH) < FOLLOWS, follower, draw(BATCH))
        inputs[step], labels[step] = words, following
        words = following
    return inputs, labels


def hashed_uniform(count, salt, width):
    """float32 [count] in [-width / 2, width / 2), from a 32-bit hash of the element's index that any language can do.

    width must be a power of two: then every step is exact.
    """
    mask = np.uint64(0xFFFFFFFF)
    x = (np.arange(count, dtype=np.uint64) + np.uint64(salt)) & mask
    x ^= x >> np.uint64(16)
    x = x * np.uint64(0x7FEB352D) & mask
    x ^= x >> np.uint64(15)
    x = x * np.uint64(0x846CA68B) & mask
    x ^= x >> np.uint64(16)
    unit = (x >> np.uint64(8)).astype(np.float32) * np.float32(2.0**-24)
    return (unit - np.float32(0.5)) * np.float32(width)


EMBEDDINGS = {"salt": 0x1000000, "width": 1.0}
WEIGHTS = {"salt": 0x2000000, "width": 0.25}


def initial_parameters():
    """embeddings and weights float32 [VOCABULARY, DIM], biases 0 float32 [VOCABULARY]."""
    embeddings, weights = (
        hashed_uniform(VOCABULARY * DIM, **made).reshape(VOCABULARY, DIM) for made in (EMBEDDINGS, WEIGHTS))
    return embeddings, weights, np.zeros(VOCABULARY, np.float32)
