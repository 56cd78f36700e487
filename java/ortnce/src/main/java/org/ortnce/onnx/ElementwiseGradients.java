package org.ortnce.onnx;

/** The gradient rules of element-wise operators; g is the gradient by the output y. */
final class ElementwiseGradients {
  private ElementwiseGradients() {}

  static void identity(NodeGradients node) {
    node.forward(0, 0);
  }

  static void neg(NodeGradients node) {
    node.add(0, Ops.neg(node.outputGradient(0)));
  }

  static void exp(NodeGradients node) {
    node.add(0, Ops.mul(node.outputGradient(0), node.output(0)));
  }

  static void log(NodeGradients node) {
    node.add(0, Ops.div(node.outputGradient(0), node.input(0)));
  }

  /** g / 2y. */
  static void sqrt(NodeGradients node) {
    Value y = node.output(0);
    Value half = Ops.scalar(y.elementType(), 0.5);
    node.add(0, Ops.div(Ops.mul(node.outputGradient(0), half), y));
  }

  /** g where x &gt; 0; at 0 the gradient is 0, as in TensorFlow. */
  static void relu(NodeGradients node) {
    Value g = node.outputGradient(0);
    Value zero = Ops.scalar(g.elementType(), 0);
    node.add(0, Ops.where(Ops.greater(node.output(0), zero), g, zero));
  }

  /** g (1 - y^2). */
  static void tanh(NodeGradients node) {
    Value y = node.output(0);
    Value one = Ops.scalar(y.elementType(), 1);
    node.add(0, Ops.mul(node.outputGradient(0), Ops.sub(one, Ops.mul(y, y))));
  }

  /** g y (1 - y). */
  static void sigmoid(NodeGradients node) {
    Value y = node.output(0);
    Value one = Ops.scalar(y.elementType(), 1);
    node.add(0, Ops.mul(node.outputGradient(0), Ops.mul(y, Ops.sub(one, y))));
  }

  static void softplus(NodeGradients node) {
    node.add(0, Ops.mul(node.outputGradient(0), Ops.sigmoid(node.input(0))));
  }

  static void add(NodeGradients node) {
    for (int i = 0; i < node.inputCount(); i++) {
      if (node.wants(i)) {
        BroadcastGradients.add(node, i, node.outputGradient(0));
      }
    }
  }

  static void sub(NodeGradients node) {
    if (node.wants(0)) {
      BroadcastGradients.add(node, 0, node.outputGradient(0));
    }
    if (node.wants(1)) {
      BroadcastGradients.add(node, 1, Ops.neg(node.outputGradient(0)));
    }
  }

  static void mul(NodeGradients node) {
    for (int i = 0; i < 2; i++) {
      if (node.wants(i)) {
        BroadcastGradients.add(node, i, Ops.mul(node.outputGradient(0), node.input(1 - i)));
      }
    }
  }

  /** By a: g / b; by b: -g y / b. */
  static void div(NodeGradients node) {
    Value quotient = Ops.div(node.outputGradient(0), node.input(1));
    if (node.wants(0)) {
      BroadcastGradients.add(node, 0, quotient);
    }
    if (node.wants(1)) {
      BroadcastGradients.add(node, 1, Ops.neg(Ops.mul(quotient, node.output(0))));
    }
  }

  static void cast(NodeGradients node) {
    node.add(0, Ops.cast(node.outputGradient(0), node.input(0).elementType()));
  }
}
