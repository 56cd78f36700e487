package org.ortnce.cli;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.ortnce.LibraryInfo;
import org.ortnce.OrtNce;
import org.ortnce.cli.terminal.Failure;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: versions, and the instruction set that runs here. */
final class BuildInfo implements IVersionProvider {
  private static final String RESOURCE = "build.properties";

  @Override
  public String[] getVersion() {
    return new String[] {
      "ortnce " + OrtNce.version(),
      "ONNX Runtime " + onnxRuntimeVersion(),
      "native library: " + nativeLibrary(),
      "Java " + Runtime.version() + ", ${os.name} ${os.arch}"
    };
  }

  private static String nativeLibrary() {
    try {
      LibraryInfo info = OrtNce.libraryInfo();
      return "runs "
          + info.instructionSet()
          + " of "
          + String.join(", ", info.availableInstructionSets())
          + "; "
          + String.join(", ", info.executionProviders());
    } catch (OrtException | IllegalStateException e) {
      return "none: " + Failure.describe(e);
    }
  }

  private static String onnxRuntimeVersion() {
    Properties properties = new Properties();
    try (InputStream in = BuildInfo.class.getResourceAsStream(RESOURCE)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("onnxruntime.version");
  }
}
