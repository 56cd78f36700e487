package org.ortnce.session;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.ortnce.nce.NceOps;
import org.ortnce.onnx.InitializerTypes;
import org.ortnce.onnx.ModelHeader;
import org.ortnce.onnx.TensorType;

/** Where a model comes from: a file or bytes. */
abstract class ModelSource {
  /** Where ONNX Runtime looks for the data of a model without a file; else in the working one. */
  private static final String DATA_FOLDER_ENTRY =
      "session.model_external_initializers_file_folder_path";

  private ModelSource() {}

  /** Creates a session of the model. */
  abstract OrtSession createSession(OrtEnvironment environment, OrtSession.SessionOptions options)
      throws OrtException;

  /**
   * The types of the model's initializers by name; empty if it cannot be read, which ONNX Runtime,
   * about to read the same, says better.
   */
  abstract Optional<Map<String, TensorType>> initializers();

  /**
   * Checks what the model says of external data, before ONNX Runtime opens any of it, and the
   * versions of our operators; the sum of a model that has one, on request those of its data.
   *
   * @throws IOException if external data is not sound, or something is damaged
   * @throws IllegalArgumentException if the model needs a newer library
   */
  void check(SessionConfig config) throws IOException {
    ModelHeader header = header(directory(config), sums(config));
    Long version = header.opsetImports().get(NceOps.DOMAIN);
    if (config.registerLibrary() && version != null && version > NceOps.DOMAIN_VERSION) {
      throw new IllegalArgumentException(
          "the model needs version "
              + version
              + " of operator domain "
              + NceOps.DOMAIN
              + ", this library has "
              + NceOps.DOMAIN_VERSION
              + ": update ort-nce");
    }
  }

  private static ModelHeader.Sums sums(SessionConfig config) {
    if (config.verifyManifest()) {
      return ModelHeader.Sums.MODEL_AND_DATA;
    }
    return config.verifyModel() ? ModelHeader.Sums.MODEL : ModelHeader.Sums.NOTHING;
  }

  /** Where the data files of the model are; null if nowhere. */
  abstract Path directory(SessionConfig config);

  abstract ModelHeader header(Path directory, ModelHeader.Sums sums) throws IOException;

  /**
   * A model file.
   *
   * @throws IOException if it is missing, empty or no regular file
   * @throws IllegalArgumentException if it lies in a file system that native code cannot read
   */
  static ModelSource of(Path model) throws IOException {
    Objects.requireNonNull(model, "model");
    if (model.getFileSystem() != FileSystems.getDefault()) {
      throw new IllegalArgumentException(
          "model " + model + " is not in the default file system: read it and pass its bytes");
    }
    if (!Files.exists(model)) {
      throw new NoSuchFileException(model.toString(), null, "the model does not exist");
    }
    if (!Files.isRegularFile(model)) {
      throw new FileSystemException(
          model.toString(),
          null,
          Files.isDirectory(model)
              ? "the model is a directory, expected a file"
              : "the model is not a regular file");
    }
    if (Files.size(model) == 0) {
      throw new FileSystemException(model.toString(), null, "the model is an empty file");
    }
    return new ModelSource() {
      @Override
      Path directory(SessionConfig config) {
        return model.toAbsolutePath().getParent();
      }

      @Override
      ModelHeader header(Path directory, ModelHeader.Sums sums) throws IOException {
        return ModelHeader.check(model, sums);
      }

      @Override
      OrtSession createSession(OrtEnvironment environment, OrtSession.SessionOptions options)
          throws OrtException {
        return environment.createSession(model.toString(), options);
      }

      @Override
      Optional<Map<String, TensorType>> initializers() {
        try (InputStream in = Files.newInputStream(model)) {
          return Optional.of(InitializerTypes.read(in));
        } catch (IOException e) {
          return Optional.empty();
        }
      }
    };
  }

  /**
   * A serialized model.
   *
   * @throws IllegalArgumentException if it is empty
   */
  static ModelSource of(byte[] model) {
    Objects.requireNonNull(model, "model");
    if (model.length == 0) {
      throw new IllegalArgumentException("the model has 0 bytes");
    }
    return new ModelSource() {
      @Override
      Path directory(SessionConfig config) {
        String folder = config.configEntries().get(DATA_FOLDER_ENTRY);
        return folder == null ? null : Path.of(folder);
      }

      @Override
      ModelHeader header(Path directory, ModelHeader.Sums sums) throws IOException {
        return ModelHeader.check(model, directory, sums);
      }

      @Override
      OrtSession createSession(OrtEnvironment environment, OrtSession.SessionOptions options)
          throws OrtException {
        return environment.createSession(model, options);
      }

      @Override
      Optional<Map<String, TensorType>> initializers() {
        try (InputStream in = new ByteArrayInputStream(model)) {
          return Optional.of(InitializerTypes.read(in));
        } catch (IOException e) {
          return Optional.empty();
        }
      }
    };
  }
}
