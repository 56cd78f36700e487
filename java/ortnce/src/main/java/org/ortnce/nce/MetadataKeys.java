package org.ortnce.nce;

import java.util.OptionalLong;
import org.ortnce.onnx.ModelBuilder;

/**
 * The keys that loss models of {@link NceModels} have in ONNX's {@code metadata_props}. A loss in
 * standard ops does not tell otherwise how it reduces a batch, which one must know to put the
 * losses of several batches together.
 */
public final class MetadataKeys {
  /** How the losses of a batch are reduced: {@code none}, {@code mean} or {@code sum}. */
  public static final String REDUCTION = "ortnce.reduction";

  /** The label that marks padding, in decimal; absent if none does. */
  public static final String IGNORE_INDEX = "ortnce.ignore_index";

  private MetadataKeys() {}

  /** Writes what a model's loss does with a batch. */
  static void loss(ModelBuilder model, Reduction reduction, OptionalLong ignoreIndex) {
    model.metadata(REDUCTION, reduction.attribute());
    ignoreIndex.ifPresent(label -> model.metadata(IGNORE_INDEX, Long.toString(label)));
  }
}
