/** Draws loss curves, without a screen. Knows nothing of models. */
package org.ortnce.cli.plot;
