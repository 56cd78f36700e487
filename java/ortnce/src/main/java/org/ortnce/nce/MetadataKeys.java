package org.ortnce.nce;

import java.util.OptionalLong;
import org.ortnce.onnx.ModelBuilder;

/**
 * The keys that models of {@link NceModels} and {@link NceNetwork} have in ONNX's {@code
 * metadata_props}. A loss in standard ops does not tell otherwise how it reduces a batch, which one
 * must know to put the losses of several batches together; nor does a graph say which ids an input
 * takes.
 */
public final class MetadataKeys {
  /** How the losses of a batch are reduced: {@code none}, {@code mean} or {@code sum}. */
  public static final String REDUCTION = "ortnce.reduction";

  /** The label that marks padding, in decimal; absent if none does. */
  public static final String IGNORE_INDEX = "ortnce.ignore_index";

  private static final String ROWS = "ortnce.rows.";

  private MetadataKeys() {}

  /**
   * The number of rows, in decimal, of the table that an input looks up: its ids are in [0, rows).
   *
   * @param input the name of the graph input
   */
  public static String rowsOf(String input) {
    return ROWS + input;
  }

  /** Writes what a model's loss does with a batch. */
  static void loss(ModelBuilder model, Reduction reduction, OptionalLong ignoreIndex) {
    model.metadata(REDUCTION, reduction.attribute());
    ignoreIndex.ifPresent(label -> model.metadata(IGNORE_INDEX, Long.toString(label)));
  }
}
