/** What a candidate sampler draws: which sampler, its draws, as text, JSON and .npy files. */
package org.ortnce.cli.sample;
