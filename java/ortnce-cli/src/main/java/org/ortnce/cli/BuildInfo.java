package org.ortnce.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.ortnce.OrtNce;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: written into a resource by the build. */
final class BuildInfo implements IVersionProvider {
  private static final String RESOURCE = "build.properties";

  @Override
  public String[] getVersion() {
    return new String[] {
      "ortnce " + OrtNce.version(),
      "ONNX Runtime " + onnxRuntimeVersion(),
      "Java " + Runtime.version() + ", ${os.name} ${os.arch}"
    };
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
