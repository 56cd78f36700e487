/** Looks into model files: what they hold, and whether the native library runs their nodes. */
package org.ortnce.cli.inspect;
