package org.ortnce;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the native library says of itself. */
class LibraryInfoTest {
  @Test
  void theLibraryOfThisBuild() throws OrtException {
    LibraryInfo info = OrtNce.libraryInfo();
    assertThat(OrtNce.version()).isIn(info.version(), info.version() + "-SNAPSHOT");
    assertThat(info.availableInstructionSets()).contains("baseline", info.instructionSet());
    assertThat(info.executionProviders()).contains("CPUExecutionProvider");
  }

  /** In a JVM of its own: the variable is read once a process. */
  @Test
  void aForcedInstructionSet() throws IOException, InterruptedException {
    ChildJvm.Outcome outcome =
        ChildJvm.run(InstructionSet.class, Map.of("ORTNCE_ISA", "baseline"), List.of("-Xmx128m"));
    assertThat(outcome.output().strip()).isEqualTo("baseline");
  }

  static final class InstructionSet {
    private InstructionSet() {}

    public static void main(String[] arguments) throws OrtException {
      System.out.println(OrtNce.libraryInfo().instructionSet());
    }
  }
}
