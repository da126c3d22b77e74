/** The trace event format, as far as it is written here. */

/** All actors are threads of one process. */
export const PID = 1;

/** One event; the fields are the format's own. */
export interface TraceEvent {
  readonly name: string;
  readonly cat: string;
  /** X complete, b/e async, s/f a flow's ends, i instant, C counter, M metadata. */
  readonly ph: 'X' | 'b' | 'e' | 's' | 'f' | 'i' | 'C' | 'M';
  /** Microseconds. */
  readonly ts: number;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  /** Async events and flows: what pairs a begin with its end. */
  readonly id?: string;
  /** A flow's end: it belongs to the slice around it, not to the next one. */
  readonly bp?: 'e';
  /** Instants: seen in their thread (t) or everywhere (g). */
  readonly s?: 't' | 'g';
  readonly args: Readonly<Record<string, string | number>>;
}
