package org.ortnce.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ortnce.fuzz.FuzzFile;
import org.ortnce.fuzz.FuzzInput;
import org.ortnce.tensor.Tensor;

/**
 * Bytes as names, sizes and options of an export: it is refused with an {@link
 * IllegalArgumentException}, or what is saved is verified, loaded and saved again to the same
 * bytes, and no file has been written elsewhere.
 */
public final class ModelExportFuzz {
  private static final Path PARENT = FuzzFile.directory("export");
  private static final Path DIRECTORY = FuzzFile.directory("export/models");

  private ModelExportFuzz() {}

  /** One input. */
  public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
    try {
      export(new FuzzInput(bytes), DIRECTORY.resolve("m.onnx"));
    } catch (IllegalArgumentException expected) {
      return;
    } finally {
      deleteFiles();
    }
  }

  private static void export(FuzzInput input, Path file) throws IOException {
    ModelBuilder builder = new ModelBuilder();
    int tensors = 1 + input.next(3);
    for (int i = 0; i < tensors; i++) {
      int size = input.next(256);
      builder.output("y" + i, Ops.neg(Value.initializer(Tensor.of(new float[size], size))));
    }
    ExternalDataOptions options =
        input.next(2) == 0 ? ExternalDataOptions.oneFile() : ExternalDataOptions.filePerTensor();
    options = options.threshold(input.number());
    boolean plain = input.next(4) == 0;
    builder.metadata("k" + text(input, 8), text(input, 8)).docString(text(input, 8));
    if (input.next(2) == 0) {
      options = options.baseName(text(input, 24));
    }
    OnnxModel model = builder.build();
    if (plain) {
      model.save(file);
    } else {
      model.save(file, options);
    }
    OnnxModel.verify(file);
    byte[] saved = Files.readAllBytes(file);
    OnnxModel.load(file).save(file);
    if (!java.util.Arrays.equals(saved, Files.readAllBytes(file))) {
      throw new AssertionError("saved again the model has other bytes");
    }
    try (var files = Files.list(PARENT)) {
      if (files.count() != 1) {
        throw new AssertionError("a file beside the directory of the model");
      }
    }
  }

  private static String text(FuzzInput input, int most) {
    StringBuilder text = new StringBuilder();
    for (int length = input.next(most); length > 0; length--) {
      int c = input.next(256);
      text.append(c < 0xF0 ? (char) c : (char) (0xD700 + 16 * c));
    }
    return text.toString();
  }

  private static void deleteFiles() throws IOException {
    try (var files = Files.list(DIRECTORY)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }
}
