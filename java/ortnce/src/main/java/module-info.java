/**
 * Noise-contrastive losses for ONNX Runtime on the JVM: a typed ONNX graph builder, TensorFlow's
 * {@code nce_loss} on it, the native library of the ops, and sessions that run the models.
 */
module org.ortnce {
  requires transitive com.microsoft.onnxruntime;
  requires com.google.protobuf;

  exports org.ortnce;
  exports org.ortnce.evaluation;
  exports org.ortnce.library;
  exports org.ortnce.nce;
  exports org.ortnce.onnx;
  exports org.ortnce.session;
  exports org.ortnce.tensor;
  exports org.ortnce.training;
}
