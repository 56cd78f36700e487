/** Evaluates a loss over many examples, batch by batch, whatever computes it. */
package org.ortnce.cli.evaluate;
