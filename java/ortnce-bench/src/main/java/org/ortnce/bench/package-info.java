/** Programs that the benchmarks of tools/bench run beside other libraries. */
package org.ortnce.bench;
