/**
 * What a command needs of the world outside: where it writes, progress bars, log lines, tables and
 * JSON. Knows nothing of models.
 */
package org.ortnce.cli.terminal;
