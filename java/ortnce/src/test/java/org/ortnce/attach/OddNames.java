package org.ortnce.attach;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/** Names as exporters write them and worse: those that our graphs use, empty-looking, Unicode. */
final class OddNames {
  private static final String[] NAMES = {
    "labels",
    "loss",
    "weights",
    "weights_0",
    "weights_1",
    "biases",
    "logits",
    "inputs",
    "step",
    "sampled_candidates",
    "top_k_logits",
    "probabilities",
    "softmax_loss",
    "NceLoss_0",
    "MatMul_0",
    "Identity_0",
    "initializer_0",
    "TopKClasses_0_logits",
    "/block/MatMul.1:0",
    "x.1",
    "a b",
    " ",
    "h_imported",
    "h",
    "h_1",
    "batch",
    "axes",
    "StatefulPartitionedCall/d/BiasAdd:0",
    "ünïcödé",
    "層の出力",
    "\uD83D\uDE80",
    "%0",
    "7",
    "-",
    "\"quoted\"",
    "back\\slash",
    "'",
    "Softmax_0_shape"
  };

  private final Random random;
  private final Set<String> taken = new HashSet<>();
  private final Set<String> nodes = new HashSet<>();

  OddNames(Random random) {
    this.random = random;
  }

  /** A name that no value of the model has. */
  String next() {
    return unique(taken);
  }

  /** None, or a name that no node has: ONNX Runtime refuses two nodes of one. */
  String node() {
    return random.nextInt(3) == 0 ? "" : unique(nodes);
  }

  private String unique(Set<String> names) {
    String wanted = NAMES[random.nextInt(NAMES.length)];
    String name = wanted;
    for (int i = 1; !names.add(name); i++) {
      name = wanted + (random.nextBoolean() ? "_" : ".") + i;
    }
    return name;
  }
}
