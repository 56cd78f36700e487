package org.ortnce.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.ortnce.onnx.proto.ModelProto;

/** The files that tensors with external data are in, checked in the file system as it is now. */
final class ExternalDataFiles {
  private ExternalDataFiles() {}

  /** The files of these tensors, each once, all of them sound. */
  static List<Path> check(List<ExternalTensor> tensors, Path directory) throws IOException {
    Set<Path> files = new LinkedHashSet<>();
    for (ExternalTensor tensor : tensors) {
      files.add(region(tensor, directory).file());
    }
    return List.copyOf(files);
  }

  /** Whether an initializer of the model has external data. */
  static boolean isUsedBy(ModelProto model) {
    return model.getGraph().getInitializerList().stream()
        .anyMatch(tensor -> ExternalTensor.of(tensor).isExternal());
  }

  static Path directoryOf(Path model) {
    return model.toAbsolutePath().getParent();
  }

  /**
   * Where the elements of a tensor are.
   *
   * @throws ExternalTensor.Refused if they cannot be there
   */
  static ExternalRegion region(ExternalTensor tensor, Path directory) throws IOException {
    ExternalTensor.Place place = tensor.place();
    if (directory == null) {
      throw tensor.refused(
          "has external data at '"
              + place.location()
              + "', and a model without a file has no directory to look in");
    }
    Path file = resolve(tensor, directory, place.location());
    long size = Files.size(file);
    if (place.offset() > size || place.length() > size - place.offset()) {
      throw tensor.refused(
          "has external data at bytes "
              + place.offset()
              + " to "
              + (place.offset() + place.length())
              + " of '"
              + place.location()
              + "', which has "
              + size);
    }
    return new ExternalRegion(file, place.offset(), place.length());
  }

  private static Path resolve(ExternalTensor tensor, Path directory, String location)
      throws IOException {
    String external = "has external data at '" + location + "', ";
    Path file = directory;
    try {
      for (String part : location.split("/", -1)) {
        if (Files.isSymbolicLink(file) && !file.equals(directory)) {
          throw tensor.refused(external + "which goes through a symbolic link");
        }
        file = file.resolve(part);
      }
    } catch (InvalidPathException e) {
      throw tensor.refused(external + "which is no path here");
    }
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw tensor.refused(external + "which does not exist");
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw tensor.refused(
          external
              + (Files.isSymbolicLink(file)
                  ? "which is a symbolic link"
                  : "which is no regular file"));
    }
    // A second name of a file may be anywhere: nothing says that it belongs to the model.
    boolean unix = file.getFileSystem().supportedFileAttributeViews().contains("unix");
    if (unix && (Integer) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) != 1) {
      throw tensor.refused(external + "which has several names (hard links)");
    }
    if (!file.toRealPath().startsWith(directory.toRealPath())) {
      throw tensor.refused(external + "which is outside the directory of the model");
    }
    return file;
  }
}
