package org.ortnce.bench;

import java.util.ServiceLoader;

/**
 * A way to compute the noise-contrastive loss in Java. Beside those of this module, {@link
 * ServiceLoader} finds those of other jars.
 */
public interface Peer {
  /** What the parameter {@code peer} calls it. */
  String name();

  /**
   * Gets ready to compute.
   *
   * @param gradient whether the gradient is wanted too
   */
  Call open(NceProblem problem, boolean gradient) throws Exception;

  /** A computation that may be repeated. */
  interface Call extends AutoCloseable {
    /** The results, with the tensors they are made of in memory of the JVM. */
    NceResult run() throws Exception;

    @Override
    void close();
  }

  /** The peer of this name. */
  static Peer of(String name) {
    for (Peer peer : new Peer[] {new OrtNcePeer(), new StandardOpsPeer()}) {
      if (peer.name().equals(name)) {
        return peer;
      }
    }
    for (Peer peer : ServiceLoader.load(Peer.class)) {
      if (peer.name().equals(name)) {
        return peer;
      }
    }
    throw new IllegalArgumentException(
        "there is no peer '" + name + "'; TensorFlow needs a build with -Ptensorflow");
  }
}
