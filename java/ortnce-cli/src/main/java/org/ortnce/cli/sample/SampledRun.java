package org.ortnce.cli.sample;

import java.nio.FloatBuffer;
import org.ortnce.session.CandidateSample;

/** What is shown of one run. */
final class SampledRun {
  /** Its number, from 0. */
  final long run;

  /** The first candidates. */
  final long[] sampledCandidates;

  /** Theirs. */
  final float[] sampledExpectedCount;

  /** Those of the labels of the first examples, by example. */
  final float[][] trueExpectedCount;

  /** Copies the first {@code limit} candidates and examples of a draw. */
  SampledRun(long run, CandidateSample sample, long limit) {
    this.run = run;
    sampledCandidates = new long[shown(sample.sampledCandidates().dim(0), limit)];
    sample.sampledCandidates().longs().get(sampledCandidates);
    sampledExpectedCount = new float[sampledCandidates.length];
    sample.sampledExpectedCount().floats().get(sampledExpectedCount);
    int numTrue = (int) sample.trueExpectedCount().dim(1);
    trueExpectedCount = new float[shown(sample.trueExpectedCount().dim(0), limit)][numTrue];
    FloatBuffer values = sample.trueExpectedCount().floats();
    for (float[] example : trueExpectedCount) {
      values.get(example);
    }
  }

  private static int shown(long size, long limit) {
    return (int) Math.min(size, limit);
  }
}
