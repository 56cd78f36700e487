package org.ortnce.ops;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.ortnce.nce.GraphNames;
import org.ortnce.tensor.Tensor;

/**
 * The tensors and attributes of one NceLoss, good or bad: nothing here is checked. Mutable, so that
 * a row of a table can spoil a good case.
 */
final class NceCase {
  /** The inputs before the weights, in the order of the op. */
  static final List<String> SLOTS =
      List.of(
          GraphNames.INPUTS,
          GraphNames.LABELS,
          GraphNames.BIASES,
          GraphNames.SAMPLED_CANDIDATES,
          GraphNames.TRUE_EXPECTED_COUNT,
          GraphNames.SAMPLED_EXPECTED_COUNT,
          GraphNames.STEP);

  /** Sizes of a random case. */
  record Sizes(int batch, int numTrue, int numSampled, int numClasses, int dim) {}

  private final Map<String, Tensor> tensors;
  private List<Tensor> weights;
  private final Map<String, Object> attributes;

  private NceCase(Map<String, Tensor> tensors, List<Tensor> weights, Map<String, Object> values) {
    this.tensors = new LinkedHashMap<>(tensors);
    this.weights = new ArrayList<>(weights);
    this.attributes = new LinkedHashMap<>(values);
  }

  /** The case the tables start from: V = 10, D = 4, B = 2, S = 3, given candidates 1, 4, 7. */
  static NceCase given() {
    return random(new Sizes(2, 1, 3, 10, 4), 1)
        .set(GraphNames.LABELS, longs(new long[] {3, 8}, 2, 1))
        .set(GraphNames.SAMPLED_CANDIDATES, longs(new long[] {1, 4, 7}, 3));
  }

  /** The same with candidates that the op draws. */
  static NceCase own() {
    return given().drawn(3, 7, 11);
  }

  /** Unit-scale values, candidates with repeats, expected counts of the right order. */
  static NceCase random(Sizes s, long seed) {
    Random random = new Random(seed);
    double scale = 1 / Math.sqrt(Math.max(1, s.dim));
    NceCase c = new NceCase(Map.of(), List.of(), Map.of());
    c.set(GraphNames.INPUTS, gaussian(random, 1, s.batch, s.dim));
    c.set(GraphNames.LABELS, ids(random, s.numClasses, s.batch, s.numTrue));
    c.set(GraphNames.BIASES, gaussian(random, 0.5, s.numClasses));
    c.set(GraphNames.SAMPLED_CANDIDATES, ids(random, s.numClasses, s.numSampled));
    c.set(GraphNames.TRUE_EXPECTED_COUNT, counts(random, s.batch, s.numTrue));
    c.set(GraphNames.SAMPLED_EXPECTED_COUNT, counts(random, s.numSampled));
    c.weights(gaussian(random, scale, s.numClasses, s.dim));
    return c.attribute("num_true", (long) s.numTrue).attribute("num_sampled", (long) s.numSampled);
  }

  NceCase copy() {
    return new NceCase(tensors, weights, attributes);
  }

  /** Lets the op draw {@code numSampled} candidates. */
  NceCase drawn(long numSampled, long seed, long seed2) {
    return remove(GraphNames.SAMPLED_CANDIDATES)
        .remove(GraphNames.TRUE_EXPECTED_COUNT)
        .remove(GraphNames.SAMPLED_EXPECTED_COUNT)
        .attribute("num_sampled", numSampled)
        .attribute("seed", seed)
        .attribute("seed2", seed2);
  }

  NceCase set(String name, Tensor tensor) {
    tensors.put(name, tensor);
    return this;
  }

  NceCase remove(String name) {
    tensors.remove(name);
    return this;
  }

  NceCase weights(Tensor... partitions) {
    weights = new ArrayList<>(List.of(partitions));
    return this;
  }

  /** Sets an attribute: a Long, a Float or a String; null removes it. */
  NceCase attribute(String name, Object value) {
    if (value == null) {
      attributes.remove(name);
    } else {
      attributes.put(name, value);
    }
    return this;
  }

  /** The tensor of an input, or null. */
  Tensor get(String name) {
    return tensors.get(name);
  }

  List<Tensor> weights() {
    return List.copyOf(weights);
  }

  Map<String, Object> attributes() {
    return Map.copyOf(attributes);
  }

  long integer(String name, long otherwise) {
    return (Long) attributes.getOrDefault(name, otherwise);
  }

  String text(String name, String otherwise) {
    return (String) attributes.getOrDefault(name, otherwise);
  }

  /** Every tensor by its name in the graph. */
  Map<String, Tensor> feeds() {
    Map<String, Tensor> feeds = new LinkedHashMap<>(tensors);
    for (int p = 0; p < weights.size(); p++) {
      feeds.put(GraphNames.weights(p, weights.size()), weights.get(p));
    }
    return feeds;
  }

  static Tensor floats(float[] data, long... shape) {
    return Tensor.of(data, shape);
  }

  static Tensor longs(long[] data, long... shape) {
    return Tensor.of(data, shape);
  }

  /** A tensor of this shape full of one value. */
  static Tensor filled(double value, long... shape) {
    float[] data = new float[(int) Tensor.elementCount(shape)];
    java.util.Arrays.fill(data, (float) value);
    return Tensor.of(data, shape);
  }

  static Tensor gaussian(Random random, double scale, long... shape) {
    float[] data = new float[(int) Tensor.elementCount(shape)];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) (scale * random.nextGaussian());
    }
    return Tensor.of(data, shape);
  }

  static Tensor ids(Random random, int bound, long... shape) {
    long[] data = new long[(int) Tensor.elementCount(shape)];
    for (int i = 0; i < data.length; i++) {
      data[i] = random.nextInt(bound);
    }
    return Tensor.of(data, shape);
  }

  private static Tensor counts(Random random, long... shape) {
    float[] data = new float[(int) Tensor.elementCount(shape)];
    for (int i = 0; i < data.length; i++) {
      data[i] = 0.05f + random.nextFloat();
    }
    return Tensor.of(data, shape);
  }

  /** The weights of one partition cut into {@code count} partitions of a strategy. */
  static Tensor[] partitions(Tensor weights, String strategy, int count) {
    int rows = (int) weights.dim(0);
    int dim = (int) weights.dim(1);
    float[] all = weights.toFloatArray();
    Tensor[] parts = new Tensor[count];
    int next = 0;
    for (int p = 0; p < count; p++) {
      int size = rows / count + (p < rows % count ? 1 : 0);
      float[] part = new float[size * dim];
      for (int r = 0; r < size; r++) {
        int from = strategy.equals("mod") ? r * count + p : next++;
        System.arraycopy(all, from * dim, part, r * dim, dim);
      }
      parts[p] = Tensor.of(part, size, dim);
    }
    return parts;
  }
}
