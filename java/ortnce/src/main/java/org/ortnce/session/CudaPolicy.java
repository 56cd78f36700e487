package org.ortnce.session;

/** Whether a session runs on a CUDA device, and what happens where that cannot be. */
public enum CudaPolicy {
  /** The processor alone; nothing of CUDA is loaded. */
  CPU,

  /**
   * The device if the session opens with it, else the processor. {@link ModelSession#providers()}
   * says which it became and why, and so does a warning in the log.
   */
  PREFER,

  /** The device; a session that cannot have it does not open. */
  REQUIRE
}
