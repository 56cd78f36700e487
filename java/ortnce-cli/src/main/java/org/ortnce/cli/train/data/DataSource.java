package org.ortnce.cli.train.data;

import java.io.IOException;
import java.util.Map;
import org.ortnce.cli.terminal.Progress;

/** Where examples come from. */
public interface DataSource {
  /**
   * Reads them, and holds out a fraction.
   *
   * @param heldOut in [0, 1)
   * @param seed chooses what is held out
   * @throws IOException naming what cannot be read, or is not what was expected
   * @throws IllegalArgumentException if {@code heldOut} is not 0 and there is too little to hold
   *     out anything
   */
  Dataset read(double heldOut, long seed, Progress.Factory progress) throws IOException;

  /**
   * What the examples depend on besides the content of the files read, by the names of the options.
   */
  Map<String, String> settings();
}
