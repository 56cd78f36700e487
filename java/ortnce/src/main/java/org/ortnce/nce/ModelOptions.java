package org.ortnce.nce;

/**
 * What a training-loss model takes and returns besides inputs, labels and loss, and whether it runs
 * without this library.
 *
 * @param sampledValuesInput the candidates and expected counts are inputs of the graph; else the op
 *     draws them
 * @param stepInput the number of the sampler's run is an input {@code step} of the graph
 * @param outputSample the candidates and expected counts used are outputs of the graph; they cannot
 *     be inputs too
 * @param portable the model carries a model-local function in standard ops, so that a stock ONNX
 *     Runtime runs it too; for given candidates only, since standard ops cannot draw TensorFlow's
 */
public record ModelOptions(
    boolean sampledValuesInput, boolean stepInput, boolean outputSample, boolean portable) {

  /** Refuses combinations without a meaning. */
  public ModelOptions {
    if (sampledValuesInput && (stepInput || outputSample)) {
      throw new IllegalArgumentException(
          "sampledValuesInput excludes stepInput and outputSample: given candidates are neither"
              + " drawn nor returned");
    }
  }

  /** The op draws the candidates, run after run; only the loss is returned. */
  public static ModelOptions defaults() {
    return new ModelOptions(false, false, false, true);
  }

  /** The candidates and expected counts are inputs of the graph. */
  public static ModelOptions withSampledValuesInput() {
    return new ModelOptions(true, false, false, true);
  }
}
