package org.ortnce.cli.sample;

import java.util.Locale;

/** TensorFlow's candidate samplers. */
public enum SamplerKind {
  LOG_UNIFORM,
  UNIFORM,
  LEARNED_UNIGRAM,
  FIXED_UNIGRAM,
  ALL;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
