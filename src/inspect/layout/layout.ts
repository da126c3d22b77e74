/** Coordinates of a drawn chart, in CSS pixels from the top left: all that a page needs to draw. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface StateBox extends Box {
  readonly id: string;
}

export interface EdgePath {
  /** The edge's id in the chart. */
  readonly id: string;
  /** From source to target, horizontal and vertical pieces. */
  readonly points: readonly Point[];
  readonly label: Box;
}

/** The dot and the arrow at which a compound state begins. */
export interface InitialArrow {
  /** Id of the compound state. */
  readonly state: string;
  readonly dot: Point;
  readonly points: readonly Point[];
}

export interface Layout {
  readonly machine: string;
  /** Which method placed it. */
  readonly engine: 'elk' | 'rows';
  readonly width: number;
  readonly height: number;
  readonly states: readonly StateBox[];
  readonly edges: readonly EdgePath[];
  readonly initials: readonly InitialArrow[];
}
