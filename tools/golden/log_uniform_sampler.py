"""TensorFlow's log-uniform candidate sampler (unique draws), word for word, in plain Python.

The stream of a (seed, seed2) pair is Philox 4x32-10 with the seed as the key and seed2 in the high half of the
counter. Run n of a kernel starts 512 * num_sampled blocks of four words after run n-1.
"""

import math

import numpy as np

MASK32 = 0xFFFFFFFF
MASK64 = 0xFFFFFFFFFFFFFFFF


def philox_block(key, counter):
    """Four 32-bit words from a 64-bit key and a 128-bit counter."""
    k0, k1 = key & MASK32, key >> 32
    c0, c1, c2, c3 = (counter >> shift & MASK32 for shift in (0, 32, 64, 96))
    for _ in range(10):
        p, q = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (q >> 32) ^ c1 ^ k0, q & MASK32, (p >> 32) ^ c3 ^ k1, p & MASK32
        k0, k1 = (k0 + 0x9E3779B9) & MASK32, (k1 + 0xBB67AE85) & MASK32
    return c0, c1, c2, c3


def unit_doubles(seed, seed2, first_block):
    """Endless doubles in [0, 1): 52 bits from two words each, the first word being the high part."""
    key, counter = seed & MASK64, ((seed2 & MASK64) << 64) + first_block
    while True:
        w0, w1, w2, w3 = philox_block(key, counter & ((1 << 128) - 1))
        yield ((w0 % 2**20) * 2**32 + w1) / 2.0**52
        yield ((w2 % 2**20) * 2**32 + w3) / 2.0**52
        counter += 1


def probability(class_id, range_max):
    """float32, as the sampler rounds it; log1p instead of TensorFlow's log of a quotient keeps the digits."""
    return float(np.float32(math.log1p(1.0 / (class_id + 1.0)) / math.log1p(range_max)))


def expected_count(class_id, range_max, num_sampled, tries):
    """How often a class is expected in a draw that needed `tries` tries, float32."""
    p = probability(class_id, range_max)
    if tries == num_sampled:
        return np.float32(p * num_sampled)
    return np.float32(-math.expm1(tries * math.log1p(-p)))


def unique_draw(seed, seed2, run, num_sampled, range_max):
    """Ids of run number `run` (0 is the first) in order of first sight, and the number of tries."""
    log_range = math.log1p(range_max)
    ids, seen, tries = [], set(), 0
    stream = unit_doubles(seed, seed2, 512 * num_sampled * run)
    while len(ids) < num_sampled:
        tries += 1
        drawn = (int(math.exp(next(stream) * log_range)) - 1) % range_max
        if drawn not in seen:
            seen.add(drawn)
            ids.append(drawn)
    return ids, tries


def sample(labels, seed, seed2, run, num_sampled, range_max):
    """sampled_candidates int64 [S], true_expected_count f32 like labels, sampled_expected_count f32 [S]."""
    ids, tries = unique_draw(seed, seed2, run, num_sampled, range_max)
    counts = {c: expected_count(c, range_max, num_sampled, tries) for c in {*ids, *np.ravel(labels).tolist()}}
    true_counts = np.array([counts[c] for c in np.ravel(labels).tolist()], np.float32).reshape(np.shape(labels))
    return np.array(ids, np.int64), true_counts, np.array([counts[c] for c in ids], np.float32)
