/**
 * One row of a history table, as the laboratory has it: which cells replay it before and after its
 * fix, or why none can.
 */
import type { Mark } from '../system.ts';

/** A race of a system under the design before the fix, and the one after it. */
interface RecordCell {
  /** `eeh-history/edev-pdev-reread` */
  readonly target: string;
  readonly before: string;
  /** null where the bug is not fixed. */
  readonly after: string | null;
}

export interface RecordEntry {
  /** `eeh.md 3` */
  readonly table: string;
  /** `#2`, `O1` */
  readonly row: string;
  /** One line. */
  readonly what: string;
  /** Commit id or mail. */
  readonly source: string;
  readonly mark: Mark;
  /** Versions concerned, as the document gives them: `before 5.4`. */
  readonly kernels: string;
  /** What of the hardware or the kernel the model leaves out for this row. */
  readonly abstracted: string;
  readonly cells: readonly RecordCell[];
  /** Only when cells is empty: why the model cannot express it. */
  readonly reason?: string;
}
