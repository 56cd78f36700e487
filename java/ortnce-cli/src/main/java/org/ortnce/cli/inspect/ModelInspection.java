package org.ortnce.cli.inspect;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.ortnce.onnx.OnnxModel;
import org.ortnce.session.CudaOptions;
import org.ortnce.session.SessionConfig;

/** A look into a model file. */
public final class ModelInspection {
  private final String file;
  private final OnnxModel model;
  private final KernelReport kernels;
  private final ProfiledRun run;

  private ModelInspection(String file, OnnxModel model, KernelReport kernels, ProfiledRun run) {
    this.file = file;
    this.model = model;
    this.kernels = kernels;
    this.run = run;
  }

  /**
   * Reads a model file.
   *
   * @throws IOException if the file cannot be read or is no ONNX model
   */
  public static ModelInspection of(Path file) throws IOException {
    return new ModelInspection(file.toString(), OnnxModel.load(file), null, null);
  }

  /**
   * The same, and opens sessions to see what runs the model here: with the library if it can be
   * opened, else without.
   *
   * @param config what the configurations of the sessions start with
   * @param cuda where the model runs, once, to see which provider runs which node
   */
  public static ModelInspection withSessions(
      Path file, Supplier<SessionConfig.Builder> config, CudaOptions cuda) throws IOException {
    // What is loaded is compared with its sum: the sessions need not do that again.
    OnnxModel model = OnnxModel.load(file);
    Supplier<SessionConfig.Builder> sessions = () -> config.get().verifyModel(false);
    KernelReport kernels = KernelReport.of(file, model, sessions);
    boolean library = kernels.withLibrary().opened();
    ProfiledRun run = ProfiledRun.of(file, sessions.get().registerLibrary(library).addCUDA(cuda));
    return new ModelInspection(file.toString(), model, kernels, run);
  }

  /** For a machine: a tree of maps and lists. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>(ModelReport.of(file, model));
    if (kernels != null) {
      json.put("kernels", kernels);
      json.put("run", run);
    }
    return json;
  }

  /** For a person. */
  public String text() {
    return ModelText.of(file, model, kernels, run);
  }
}
