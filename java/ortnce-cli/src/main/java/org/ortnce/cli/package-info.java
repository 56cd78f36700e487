/**
 * The command line {@code ortnce}. Results go to standard output and nothing else does; progress,
 * logs and errors go to standard error. Exit status 0: done, 1: failed, 2: wrong usage.
 */
package org.ortnce.cli;
