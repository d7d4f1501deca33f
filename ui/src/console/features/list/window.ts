// Which rows of a long list are drawn. Pure. Rows have one height, so that a hundred thousand cost as little as fifty.

/** Rows drawn above and below what is seen. */
export const OVERSCAN = 12;
/** The next page is asked for when fewer loaded rows than this lie below. */
export const AHEAD = 40;

/** A range of rows: from `first` up to, not including, `end`. */
export interface RowRange {
  readonly first: number;
  readonly end: number;
}

/** The rows to draw. `above` is how far the list's start lies above the top of the view (negative: below it). */
export function rowRange(above: number, viewHeight: number, rowHeight: number, count: number): RowRange {
  if (rowHeight <= 0 || count === 0) return { first: 0, end: Math.min(count, OVERSCAN) };
  const first = Math.max(0, Math.min(count, Math.floor(above / rowHeight) - OVERSCAN));
  const end = Math.max(first, Math.min(count, Math.ceil((above + viewHeight) / rowHeight) + OVERSCAN));
  return { first, end };
}

/** The row that a key moves to, null when the key means nothing here. */
export function rowForKey(key: string, current: number, count: number, page: number): number | null {
  const moves: Record<string, number> = {
    ArrowDown: current + 1,
    ArrowUp: current - 1,
    j: current + 1,
    k: current - 1,
    PageDown: current + page,
    PageUp: current - page,
    Home: 0,
    End: count - 1,
  };
  const next = moves[key];
  return next === undefined ? null : Math.max(0, Math.min(count - 1, next));
}
