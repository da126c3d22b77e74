/** A chart as text in some format, and in sentences what the format could not say. */
export interface Written {
  readonly text: string;
  readonly notes: readonly string[];
}
