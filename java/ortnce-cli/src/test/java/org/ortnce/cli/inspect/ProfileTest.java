package org.ortnce.cli.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Profiles as ONNX Runtime writes them: profile.json was recorded with 1.29.0 from one run of
 * models/jdk_methods/training_loss.
 */
class ProfileTest {
  @TempDir Path directory;

  private static Path recorded() throws URISyntaxException {
    return Path.of(ProfileTest.class.getResource("profile.json").toURI());
  }

  @Test
  void nodesInTheOrderTheyRan() throws Exception {
    assertThat(Profile.read(recorded()))
        .extracting(Profile.NodeRun::name, Profile.NodeRun::op, Profile.NodeRun::provider)
        .containsExactly(
            tuple("Gather_0", "Gather", "CPUExecutionProvider"),
            tuple("NceLoss_0", "NceLoss", "CPUExecutionProvider"));
    assertThat(Profile.read(recorded())).allMatch(node -> node.microseconds() > 0);
  }

  @Test
  void providersAreTakenFromEachNode() throws Exception {
    String text = Files.readString(recorded());
    int second = text.indexOf("NceLoss_0");
    String mixed =
        text.substring(0, second)
            + text.substring(second).replace("CPUExecutionProvider", "CUDAExecutionProvider");
    Path file = Files.writeString(directory.resolve("mixed.json"), mixed);
    assertThat(Profile.read(file))
        .extracting(Profile.NodeRun::provider)
        .containsExactly("CPUExecutionProvider", "CUDAExecutionProvider");
  }

  @Test
  void aSessionThatRanNothingHasNoNodes() throws Exception {
    Path file = Files.writeString(directory.resolve("empty.json"), "[]");
    assertThat(Profile.read(file)).isEmpty();
  }

  @Test
  void whatIsNoProfileIsAnError() throws Exception {
    String recorded = Files.readString(recorded());
    for (String text :
        new String[] {
          "", "{}", "[1]", "[{\"dur\": \"x\"}]", recorded.substring(0, recorded.length() / 2)
        }) {
      Path file = Files.writeString(directory.resolve("bad.json"), text);
      assertThatThrownBy(() -> Profile.read(file)).as(text).isInstanceOf(IOException.class);
    }
  }
}
