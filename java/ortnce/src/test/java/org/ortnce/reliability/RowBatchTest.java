package org.ortnce.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What is said of tests that fail or do not end, of which the table of bad inputs has none. */
@EnabledOnOs(OS.LINUX)
class RowBatchTest {
  static final class Failing {
    @Test
    void a01Broken() {
      assertThat(1 + 1).as("because of this").isEqualTo(3);
    }

    @Test
    void a02Whole() {}
  }

  static final class Talking {
    @Test
    void a03Endless() throws InterruptedException {
      while (true) {
        System.out.println("still here");
        Thread.sleep(50);
      }
    }
  }

  @Test
  void whatATestThrewIsSaidOfIt() throws Exception {
    RowBatch batch = RowBatch.run(List.of(Failing.class.getName()));
    assertThat(batch.covered()).containsExactly("A02");
    assertThat(batch.failures()).singleElement().asString().startsWith("A01 a01Broken");
    assertThat(batch.failures().get(0)).contains("AssertionFailedError: [because of this]");
  }

  @Test
  void outputDoesNotProlongATest() throws Exception {
    RowBatch batch = RowBatch.run(List.of(Talking.class.getName()), Duration.ofSeconds(5));
    assertThat(batch.failures()).singleElement().asString().startsWith("A03 a03Endless");
    assertThat(batch.failures().get(0)).endsWith("no end after 5 s");
  }
}
