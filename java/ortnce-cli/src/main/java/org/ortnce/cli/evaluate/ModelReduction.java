package org.ortnce.cli.evaluate;

import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalLong;
import org.ortnce.nce.MetadataKeys;
import org.ortnce.onnx.NodeInfo;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.tensor.ElementType;
import org.ortnce.tensor.Tensor;

/**
 * How a model condenses the losses of a batch, which is what a caller must know to condense
 * batches.
 *
 * @param kind none, mean or sum
 * @param ignoreIndex the label that is padding: an example with no other label does not count in a
 *     mean
 */
public record ModelReduction(Kind kind, OptionalLong ignoreIndex) {
  private static final String DOMAIN = "org.ortnce";

  /** ONNX's three reductions. */
  public enum Kind {
    NONE,
    MEAN,
    SUM;

    static Kind of(String name) {
      for (Kind kind : values()) {
        if (kind.toString().equals(name)) {
          return kind;
        }
      }
      throw new IllegalArgumentException(
          "reduction is " + name + ", expected one of " + Arrays.toString(values()));
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What the node that makes the output {@code loss} of a model says, if it is an op of our domain,
   * else what the model's metadata say. Of other models it is known that a loss of rank 1 is not
   * reduced.
   *
   * @param perExample whether the output has a loss for each example
   * @throws IllegalArgumentException if the loss is reduced and nothing says how, or the metadata
   *     make no sense
   */
  public static ModelReduction of(OnnxModel model, boolean perExample) {
    for (NodeInfo node : model.nodes()) {
      if (node.domain().equals(DOMAIN) && node.outputs().contains("loss")) {
        Kind kind = Kind.of(node.attributes().getOrDefault("reduction", "none").toString());
        return node.attributes().get("ignore_index") instanceof Long ignored
            ? new ModelReduction(kind, OptionalLong.of(ignored))
            : new ModelReduction(kind, OptionalLong.empty());
      }
    }
    String reduction = model.metadata().get(MetadataKeys.REDUCTION);
    if (reduction != null) {
      String ignored = model.metadata().get(MetadataKeys.IGNORE_INDEX);
      return new ModelReduction(Kind.of(reduction), label(ignored));
    }
    if (!perExample) {
      throw new IllegalArgumentException(
          "the model reduces its loss in standard ops and has no metadata "
              + MetadataKeys.REDUCTION
              + " to say how, so batches cannot be put together; export it with reduction none");
    }
    return new ModelReduction(Kind.NONE, OptionalLong.empty());
  }

  private static OptionalLong label(String text) {
    try {
      return text == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "the model's metadata " + MetadataKeys.IGNORE_INDEX + " is " + text + ", not a label", e);
    }
  }

  /** The number of examples of {@code labels} [count, num_true] that have a label. */
  long counted(Tensor labels) {
    long rows = labels.dim(0);
    if (ignoreIndex.isEmpty()) {
      return rows;
    }
    long numTrue = labels.dim(1);
    long counted = 0;
    for (long row = 0; row < rows; row++) {
      boolean any = false;
      for (long j = 0; j < numTrue; j++) {
        any |= label(labels, (int) (row * numTrue + j)) != ignoreIndex.getAsLong();
      }
      counted += any ? 1 : 0;
    }
    return counted;
  }

  private static long label(Tensor labels, int index) {
    return labels.elementType() == ElementType.INT32
        ? labels.ints().get(index)
        : labels.longs().get(index);
  }
}
