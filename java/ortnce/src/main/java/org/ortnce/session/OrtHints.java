package org.ortnce.session;

import ai.onnxruntime.OrtException;

/** Adds to ONNX Runtime's errors what to do about them, where we know. */
final class OrtHints {
  private static final String DOMAIN = "org.ortnce";
  private static final String CODE_PREFIX = " - message: ";

  private OrtHints() {}

  /**
   * The same error with a hint at the end, or {@code e} itself if we have none.
   *
   * @param registered whether our library is registered with the session
   */
  static OrtException explain(OrtException e, boolean registered) {
    String message = String.valueOf(e.getMessage());
    String hint = hint(message, registered);
    if (hint.isEmpty()) {
      return e;
    }
    // The constructor puts the code in front again.
    int text = message.indexOf(CODE_PREFIX);
    String bare = text < 0 ? message : message.substring(text + CODE_PREFIX.length());
    OrtException explained = new OrtException(e.getCode(), bare.strip() + " Hint: " + hint);
    explained.initCause(e);
    return explained;
  }

  private static String hint(String message, boolean registered) {
    if (message.contains("is not a registered function/op")
        || message.contains("No opset import for domain")) {
      if (!message.contains(DOMAIN)) {
        return "neither this ONNX Runtime nor ort-nce has that op; if another library does, the"
            + " model cannot run here.";
      }
      return registered
          ? "the native library of this ort-nce has no such op: the model was made by a newer"
              + " version."
          : "the model needs the native library of ort-nce, which is not registered in this"
              + " session; only portable models with given candidates run without it.";
    }
    if (message.contains("Domain already set in registry")) {
      return "a custom-op library was registered twice with one options object: use"
          + " OrtNce.register, which registers once, and nothing beside it.";
    }
    if (message.contains("Unsupported model IR version")
        || message.contains("is under development and support for this is limited")) {
      return "the model is newer than this ONNX Runtime: update ONNX Runtime or export for an older"
          + " opset.";
    }
    return cudaHint(message);
  }

  private static String cudaHint(String message) {
    if (message.contains("Failed to load library") && message.contains("onnxruntime_providers")) {
      return "the CUDA provider needs the CUDA and cuDNN libraries it was built for on the loader's"
          + " path (LD_LIBRARY_PATH): onnxruntime_gpu 1.29.0 those of CUDA 12 and cuDNN 9.";
    }
    if (message.contains("no CUDA-capable device is detected")
        || message.contains("CUDA driver is a stub library")) {
      return "this process sees no NVIDIA device: nvidia-smi lists those there are,"
          + " CUDA_VISIBLE_DEVICES may hide them.";
    }
    if (message.contains("CUDA driver version is insufficient")) {
      return "there is no NVIDIA driver, or it is older than the CUDA libraries: nvidia-smi says"
          + " which CUDA version it supports.";
    }
    if (message.contains("invalid device ordinal")) {
      return "there is no device of that number: nvidia-smi lists those there are, counted from 0.";
    }
    return "";
  }
}
