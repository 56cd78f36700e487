package org.ortnce.samplers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ortnce.nce.GraphNames;
import org.ortnce.tensor.Tensor;

/**
 * One node of a sampler or of ComputeAccidentalHits: attributes and input tensors, good until a row
 * of a table spoils something. The base has batch 2, num_true 1, num_sampled 3, range_max 10; of a
 * fixed unigram sampler range_max 4.
 */
final class SamplerCase {
  static final String UNIFORM = "UniformCandidateSampler";
  static final String LOG_UNIFORM = "LogUniformCandidateSampler";
  static final String LEARNED = "LearnedUnigramCandidateSampler";
  static final String FIXED = "FixedUnigramCandidateSampler";
  static final String ALL = "AllCandidateSampler";
  static final String HITS = "ComputeAccidentalHits";
  static final List<String> SAMPLERS = List.of(UNIFORM, LOG_UNIFORM, LEARNED, FIXED, ALL);

  final String op;
  private final Map<String, Object> attributes = new LinkedHashMap<>();
  private final Map<String, Tensor> inputs = new LinkedHashMap<>();

  private SamplerCase(String op) {
    this.op = op;
  }

  /** A good case of a sampler. */
  static SamplerCase sampler(String op) {
    SamplerCase c =
        new SamplerCase(op)
            .attribute("num_true", 1L)
            .attribute("num_sampled", 3L)
            .attribute("unique", 0L)
            .attribute("seed", 1L)
            .attribute("seed2", 2L)
            .set(GraphNames.TRUE_CLASSES, Tensor.of(new long[][] {{0}, {2}}));
    if (op.equals(FIXED)) {
      c.attribute("range_max", 4L).set(GraphNames.UNIGRAMS, Tensor.of(new float[] {1, 2, 3, 4}, 4));
    } else if (!op.equals(ALL)) {
      c.attribute("range_max", 10L);
    }
    return c;
  }

  /** A good case of ComputeAccidentalHits. */
  static SamplerCase hits() {
    return new SamplerCase(HITS)
        .attribute("num_true", 1L)
        .set(GraphNames.TRUE_CLASSES, Tensor.of(new long[][] {{5}, {7}}))
        .set(GraphNames.SAMPLED_CANDIDATES, Tensor.of(new long[] {7, 1, 5}, 3));
  }

  SamplerCase copy() {
    SamplerCase copy = new SamplerCase(op);
    copy.attributes.putAll(attributes);
    copy.inputs.putAll(inputs);
    return copy;
  }

  /** Sets an attribute: a Long, a Float or a String. */
  SamplerCase attribute(String name, Object value) {
    attributes.put(name, value);
    return this;
  }

  SamplerCase without(String attribute) {
    attributes.remove(attribute);
    return this;
  }

  /** Sets an input; null leaves it out. */
  SamplerCase set(String name, Tensor value) {
    if (value == null) {
      inputs.remove(name);
    } else {
      inputs.put(name, value);
    }
    return this;
  }

  SamplerCase trueClasses(long[]... classes) {
    return set(GraphNames.TRUE_CLASSES, Tensor.of(classes));
  }

  SamplerCase unigrams(float... weights) {
    return set(GraphNames.UNIGRAMS, Tensor.of(weights, weights.length));
  }

  Map<String, Object> attributes() {
    return attributes;
  }

  long integer(String attribute, long absent) {
    return (Long) attributes.getOrDefault(attribute, absent);
  }

  Map<String, Tensor> inputs() {
    return inputs;
  }

  /** The inputs of the op in the order of its signature. */
  List<String> slots() {
    List<String> slots = new ArrayList<>(List.of(GraphNames.TRUE_CLASSES));
    switch (op) {
      case HITS -> slots.add(GraphNames.SAMPLED_CANDIDATES);
      case LEARNED -> slots.add(GraphNames.INITIAL_COUNTS);
      case FIXED -> slots.addAll(List.of(GraphNames.UNIGRAMS, GraphNames.STEP));
      default -> slots.add(GraphNames.STEP);
    }
    return slots;
  }
}
