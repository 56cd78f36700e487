package org.ortnce.cli.sample;

import java.nio.FloatBuffer;
import org.ortnce.session.CandidateSample;

/**
 * What is shown of one run.
 *
 * @param run its number, from 0
 * @param sampledCandidates the first candidates
 * @param sampledExpectedCount theirs
 * @param trueExpectedCount those of the first examples' labels, by example
 */
record SampledRun(
    long run, long[] sampledCandidates, float[] sampledExpectedCount, float[][] trueExpectedCount) {

  /** The first {@code limit} candidates and examples of a draw, copied. */
  static SampledRun of(long run, CandidateSample sample, long limit) {
    long[] candidates = new long[shown(sample.sampledCandidates().dim(0), limit)];
    sample.sampledCandidates().longs().get(candidates);
    float[] counts = new float[candidates.length];
    sample.sampledExpectedCount().floats().get(counts);
    float[][] trueCounts = new float[shown(sample.trueExpectedCount().dim(0), limit)][];
    FloatBuffer values = sample.trueExpectedCount().floats();
    for (int example = 0; example < trueCounts.length; example++) {
      trueCounts[example] = new float[(int) sample.trueExpectedCount().dim(1)];
      values.get(trueCounts[example]);
    }
    return new SampledRun(run, candidates, counts, trueCounts);
  }

  private static int shown(long size, long limit) {
    return (int) Math.min(size, limit);
  }
}
