package org.ortnce.cli.inspect;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ortnce.onnx.OnnxModel;

/** A look into a model file. */
public final class ModelInspection {
  private final String file;
  private final OnnxModel model;
  private final KernelReport kernels;

  private ModelInspection(String file, OnnxModel model, KernelReport kernels) {
    this.file = file;
    this.model = model;
    this.kernels = kernels;
  }

  /**
   * Reads a model file.
   *
   * @param openSession whether to open sessions, to see what runs the model here
   * @throws IOException if the file cannot be read or is no ONNX model
   */
  public static ModelInspection of(Path file, boolean openSession) throws IOException {
    OnnxModel model = OnnxModel.load(file);
    return new ModelInspection(
        file.toString(), model, openSession ? KernelReport.of(file, model) : null);
  }

  /** For a machine: a tree of maps and lists. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>(ModelReport.of(file, model));
    if (kernels != null) {
      json.put("kernels", kernels);
    }
    return json;
  }

  /** For a person. */
  public String text() {
    return ModelText.of(file, model, kernels);
  }
}
