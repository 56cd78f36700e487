package org.ortnce.cli.train;

/** The names of the files that a training leaves. */
final class Outputs {
  static final String TRAINING_LOSS = "training-loss.onnx";
  static final String EVALUATION = "evaluation.onnx";
  static final String INFERENCE = "inference.onnx";
  static final String VOCABULARY = "vocabulary.txt";
  static final String HELD_OUT_INPUTS = "held-out-inputs.npy";
  static final String HELD_OUT_LABELS = "held-out-labels.npy";
  static final String LOSS_CSV = "loss.csv";
  static final String LOSS_PNG = "loss.png";
  static final String LOSS_SVG = "loss.svg";

  private Outputs() {}
}
